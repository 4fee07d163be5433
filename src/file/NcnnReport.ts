import { TwinferError } from '../errors/TwinferError.js'
import { formatReader } from '../native/formatReader.js'
import type { ReadWord } from '../native/NativeAddon.js'
import type { FormatFindings } from './FormatFindings.js'
import type { TensorSummary } from './ModelSummary.js'
import { readWhole, requireFile } from './requireFile.js'
import { requireContent, sniffContent } from './sniffContent.js'

/** All that the files of an ncnn network say, and what is wrong with them: the answer of cpp/format. */
export interface NcnnReport {
  readonly format: 'ncnn-param' | 'ncnn-param-bin'
  /** As the file declares; null where that cannot be read. */
  readonly layerCount: number | null
  readonly blobCount: number | null
  /** Lines behind the layers that it declares, which ncnn never reads; counted from 1. */
  readonly ignoredLines: readonly number[]
  /** Those that can be read. */
  readonly layers: readonly NcnnLayer[]
  readonly findings: FormatFindings
  /** Some layer has weights. */
  readonly loadsWeights: boolean
  /** Of the .bin, where it was given. */
  readonly weights: {
    /** Its length and its tags are as the layers want them. */
    readonly fits: boolean
    readonly findings: FormatFindings
    /** Those whose place is certain. */
    readonly blocks: readonly NcnnBlock[]
  } | null
}

/** One layer of a .param: a line where it is text. */
export interface NcnnLayer {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** What the file notes for each output, in NumPy order; null where it notes nothing. */
  readonly shapes: readonly (readonly number[] | null)[]
  /** Absent unless they were asked for: most of a large report, and seldom read. */
  readonly params?: ReadonlyMap<number, ParamValue>
  /** Counted from 1, as editors do. In a binary .param, which has no lines: the one it would have as text. */
  readonly line: number
  /** The length of its longest dot product, 0 where that depends on the input; null where it has none. */
  readonly dot: number | null
  /** GELU by the tanh formula, in place of the one by erf. */
  readonly approximated: boolean
}

/** A block of numbers that a layer loads, and its place in the .bin. */
export interface NcnnBlock {
  /** Index of the layer. */
  readonly layer: number
  readonly role: 'weight' | 'bias' | 'scale' | 'data'
  /**
   * `table`: a byte for each, an index into 256 floats in front. `packed`: whole numbers of `bits` bits, whose scales
   * are in other blocks.
   */
  readonly storage: 'fp32' | 'fp16' | 'bf16' | 'int8' | 'table' | 'packed'
  /** Numbers; bytes where they are packed. */
  readonly count: number
  /** Of the output; the numbers of one stand together. */
  readonly channels: number
  readonly bits: 4 | 6 | 8
  /** Of the numbers, behind the tag where there is one. */
  readonly offset: number
  readonly bytes: number
  /** The first number is the word of a storage tag. */
  readonly startsWithTag: boolean
}

/**
 * Arrays carry their type because `-23310=2,0.0,6.0` and `2,0,6` are different things to ncnn. `word` and `words` are
 * of a binary .param, which does not say whether they are integers or floats.
 */
type ParamValue =
  | { readonly kind: 'int' | 'float' | 'word'; readonly value: number }
  | { readonly kind: 'ints' | 'floats' | 'words'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }

/** A .bin, as far as the places of its blocks are concerned. */
interface WeightTags {
  readonly size: number
  word(offset: number): number | undefined
}

/**
 * Reads a .param, text or binary, as far as it can be read, and the tags of its .bin. Never throws for what they hold.
 * The layers have their parameters for `withParams` only.
 */
export function reportNcnn(param: Uint8Array, weights?: WeightTags, withParams = false): NcnnReport {
  const word: ReadWord | undefined = weights && ((offset) => weights.word(offset))
  const text = formatReader().ncnn(param, weights?.size, word, withParams)
  if (!withParams) return JSON.parse(text) as NcnnReport
  const report = JSON.parse(text) as WrittenReport
  return { ...report, layers: report.layers.map((layer) => ({ ...layer, params: paramsOf(layer.params) })) }
}

type WrittenParam = readonly [key: number, kind: ParamValue['kind'], value: never]
type WrittenReport = Omit<NcnnReport, 'layers'> & { readonly layers: readonly WrittenLayer[] }
type WrittenLayer = Omit<NcnnLayer, 'params'> & { readonly params: readonly WrittenParam[] }

function paramsOf(written: readonly WrittenParam[]): ReadonlyMap<number, ParamValue> {
  return new Map(written.map(([key, kind, value]) => [key, { kind, value }]))
}

/** Of what can be wrong with a .param, that without which it cannot be told what network it is. */
const unreadable: ReadonlySet<string> = new Set([
  'byte-order-mark',
  'no-magic',
  'truncated-text',
  'syntax',
  'layer-count',
  'blob-count',
  'no-producer',
  'layer-order',
])
const cutShort: ReadonlySet<string> = new Set(['truncated-text', 'layer-count'])

/**
 * Reads a .param, text or binary. `file` is only for messages. Throws TWINFER_MODEL_INVALID or
 * TWINFER_MODEL_TRUNCATED, which start with FILE:LINE, as compilers write it, so that editors can jump there.
 */
export function parseParam(content: Uint8Array | string, file: string, withParams = false): NcnnReport {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return parsedParam(reportNcnn(bytes, undefined, withParams), file)
}

/** The same of one that was read. */
export function parsedParam(report: NcnnReport, file: string): NcnnReport {
  const problem = report.findings.all.find(
    ({ code, severity }) => severity === 'error' && unreadable.has(code),
  )
  if (!problem) return report
  const code = cutShort.has(problem.code) ? 'TWINFER_MODEL_TRUNCATED' : 'TWINFER_MODEL_INVALID'
  throw new TwinferError(code, `${file}:${problem.line}: ${problem.message}`, { help: problem.help })
}

/** A .param is a few hundred kilobytes at most; a file of this size is something else. */
const mostBytes = 256 * 1024 * 1024

/** The content of a .param, text or binary. Throws TWINFER_MODEL_INVALID where it is plainly something else. */
export async function readParam(file: string): Promise<Uint8Array> {
  const size = await requireFile(file, 'model')
  if (size > mostBytes) throw binaryData(file)
  const bytes = await readWhole(file)
  requireParam(bytes, file)
  return bytes
}

/** Throws TWINFER_MODEL_INVALID where the content plainly is that of something else. `file` is only for messages. */
export function requireParam(bytes: Uint8Array, file: string): void {
  const start = bytes.subarray(0, 4096)
  if (sniffContent(start).kind === 'ncnn-param-bin') return
  requireContent(start, 'ncnn-param', file)
  if (bytes.includes(0)) throw binaryData(file)
}

function binaryData(file: string): TwinferError {
  return new TwinferError('TWINFER_MODEL_INVALID', `${file}: expected text, found binary data`, {
    help: 'Check that the path names an ncnn .param.',
  })
}

/** Where the weights of a .param (or .param.bin) are expected: same folder, same stem. */
export function weightsPath(param: string): string {
  return `${param.replace(/\.param(\.bin)?$/i, '')}.bin`
}

/** What goes into a network and comes out of it. */
export function interfaceOf(layers: readonly NcnnLayer[]): {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
} {
  return { inputs: inputsOf(layers), outputs: outputsOf(layers) }
}

function inputsOf(layers: readonly NcnnLayer[]): readonly TensorSummary[] {
  return layers
    .filter(({ type }) => type === 'Input')
    .flatMap(({ outputs, shapes }) => outputs.map((name, index) => describe(name, shapes[index] ?? null)))
}

/** Like ncnn's own output_names(): blobs that nothing reads. */
function outputsOf(layers: readonly NcnnLayer[]): readonly TensorSummary[] {
  const consumed = new Set(layers.flatMap(({ inputs }) => inputs))
  return layers.flatMap(({ outputs, shapes }) =>
    outputs
      .map((name, index) => describe(name, shapes[index] ?? null))
      .filter(({ name }) => !consumed.has(name)),
  )
}

function describe(name: string, shape: readonly number[] | null): TensorSummary {
  return { name, shape, dtype: 'float32', layout: 'NCHW' }
}
