import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineWeight } from '../../check/against/Comparand.js'
import type { MatchedWeight, WeightComparison, WeightFault } from '../../check/against/WeightComparison.js'
import { decodeValues } from '../../check/weights/decodeValues.js'
import { bytesPerValue, type ValueFormat } from '../../check/weights/StoredTensor.js'
import type { FileOrBytes, ModelFile } from '../../file/ModelFile.js'
import { native } from '../../native/native.js'
import { encodeBfloat16, encodeFloat16 } from '../../tensor/float16.js'
import { isOtherModel, isScaled } from './weightCauses.js'
import { nameOf, writeModel } from './writeModel.js'

/** A copy of a candidate with one thing put right. */
export interface CorrectedCopy {
  /** The model to open. */
  readonly model: string
  /** All files that were written. */
  readonly written: readonly string[]
  /** What was changed, as a sentence. */
  readonly change: string
}

/** The files of a candidate, to be changed in memory. */
interface Content {
  model: Buffer
  weights: Buffer | undefined
}

/** Of what a damaged weight may have been; the first that agrees when it is measured is right. */
const mostAttempts = 4

/**
 * Ways to put right what the files of a candidate have wrong, beside its source: scaled layers are divided by their factor,
 * damaged ones are written over with what the source says, and the text of a .param gets what only it had wrong (a byte
 * order mark in front, a missing first line, wrong counts in the second). Empty where nothing of that is so. Each writes
 * its copy into the folder when it is called, in the place of the one before.
 */
export async function correctedCopies(
  file: ModelFile,
  compared: WeightComparison,
  folder: string,
): Promise<readonly (() => Promise<CorrectedCopy>)[]> {
  const restorable = compared.faults.filter(
    ({ kind, weight }) =>
      // What float16 cannot hold is not put right by writing it again.
      kind !== 'underflow' && weight.format !== 'int8' && !(kind === 'other' && isOtherModel(compared)),
  )
  // Several things may be wrong with one.
  const damaged = [...new Map(restorable.map((fault) => [fault.weight, fault])).values()]
  const scaled = compared.matched.filter(
    (match) =>
      isScaled(match) &&
      match.weight.format !== 'int8' &&
      !damaged.some(({ weight }) => weight === match.weight),
  )
  const mended = mendedText(file, await bytesOf(file.model))
  if (damaged.length === 0 && scaled.length === 0 && !mended) return []
  const attempts = Math.max(1, ...damaged.map(({ originals }) => countUpTo(mostAttempts, originals())))
  return Array.from({ length: attempts }, (_, attempt) => async () => {
    const content = await contentOf(file)
    const bytes = content.weights ?? content.model
    for (const { weight, scale } of scaled)
      replace(bytes, weight, (value) => value.map((one) => one / scale!.factor))
    for (const { weight, originals } of damaged) replace(bytes, weight, () => at(attempt, originals()))
    if (mended) content.model = Buffer.from(mended.text)
    const changes = [
      ...(mended ? [mended.change] : []),
      ...(damaged.length > 0
        ? [`wrote the weights of ${sourcesOf(damaged)} over those of ${layersOf(damaged)}`]
        : []),
      ...(scaled.length > 0 ? [`divided the weights of ${factorsOf(scaled)}`] : []),
    ]
    return write(file, content, folder, changes.join(', '))
  })
}

function replace(bytes: Buffer, weight: EngineWeight, make: (values: Float32Array) => Float32Array): void {
  const { offset, count, format } = weight
  const stored = bytes.subarray(offset, offset + count * bytesPerValue[format])
  bytes.set(encode(make(decodeValues(Uint8Array.from(stored), format)), format), offset)
}

/** The value of that number, or the last. */
function at(number: number, values: Iterable<Float32Array>): Float32Array {
  let last: Float32Array | undefined
  for (const value of values) {
    last = value
    if (number-- === 0) break
  }
  return last!
}

function countUpTo(most: number, values: Iterable<unknown>): number {
  let count = 0
  for (const _ of values) if (++count === most) break
  return count
}

const listed = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
const sourcesOf = (faults: readonly WeightFault[]) => listed(faults.map(({ source }) => `'${source}'`))
const layersOf = (faults: readonly WeightFault[]) => listed(faults.map(({ weight }) => `'${weight.layer}'`))
const factorsOf = (scaled: readonly MatchedWeight[]) =>
  scaled.map(({ weight, scale }) => `'${weight.layer}' by ${Number(scale!.factor.toPrecision(6))}`).join(', ')

/** Undefined where nothing is wrong with it as a text. */
function mendedText(file: ModelFile, model: Buffer): { text: Uint8Array; change: string } | undefined {
  if (file.engine !== 'ncnn' || file.path?.toLowerCase().endsWith('.bin')) return undefined
  const mended = native().ncnn.mendParam(model)
  if (mended === undefined) return undefined
  const { text, hadByteOrderMark, lackedMagic, counts, rightCounts } = mended
  const changes = [
    ...(hadByteOrderMark ? ['took the byte order mark away'] : []),
    ...(lackedMagic ? ['put the first line, the magic number, back'] : []),
    ...(counts === '' ? [] : [`corrected the counts on line 2 from '${counts}' to '${rightCounts}'`]),
  ]
  return { text, change: changes.join(', ') }
}

function encode(values: Float32Array, format: ValueFormat): Uint8Array {
  switch (format) {
    case 'fp16':
      return new Uint8Array(encodeFloat16(values).buffer)
    case 'bf16':
      return new Uint8Array(encodeBfloat16(values).buffer)
    default:
      return new Uint8Array(values.slice().buffer, 0, values.length * bytesPerValue.fp32)
  }
}

async function contentOf(file: ModelFile): Promise<Content> {
  const weights = await file.weights()
  return {
    model: await bytesOf(file.model),
    weights: weights === undefined ? undefined : await bytesOf(weights),
  }
}

async function bytesOf(given: FileOrBytes): Promise<Buffer> {
  return typeof given === 'string' ? readFile(given) : Buffer.from(given)
}

/** Under the candidate's own names, which engines rely on. */
async function write(
  file: ModelFile,
  content: Content,
  folder: string,
  change: string,
): Promise<CorrectedCopy> {
  const model = join(folder, nameOf(file))
  return { model, written: await writeModel(file, content, model), change }
}
