import { TwinferError } from '../errors/TwinferError.js'
import { formatReader } from '../native/formatReader.js'
import type { FormatFindings } from './FormatFindings.js'
import type { TensorSummary } from './ModelSummary.js'
import { requireFile } from './requireFile.js'

/** All that an .mnn says, and what is wrong with it and with its file of weights: the answer of cpp/format. */
export interface MnnReport {
  /** Null where the file is no MNN model, or its tables lead out of it. */
  readonly net: MnnNet | null
  readonly findings: FormatFindings
  readonly weightFindings: FormatFindings
}

export interface MnnNet {
  readonly converter: string
  readonly source: string
  readonly bizCode: string
  readonly uuid: string
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly string[]
  /** Names of the graphs inside If and While. */
  readonly subgraphs: readonly string[]
  /** Those of the graph, then those of its subgraphs. */
  readonly operators: readonly MnnOp[]
  readonly weights: readonly MnnTensor[]
  readonly packed: readonly MnnPacked[]
}

export interface MnnOp {
  readonly type: string
  /** Its own name, or that of its first output: MNN's messages use either. */
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Index of the subgraph that it is in; null outside of them. */
  readonly subgraph: number | null
  /** The length of its longest dot product, 0 where that depends on the input; null where it has none. */
  readonly dot: number | null
  /** GELU by the tanh formula, in place of the one by erf. */
  readonly approximated: boolean
}

/** A tensor whose values stand one by one in a file. */
interface MnnTensor {
  /** Index of the operator that loads it. */
  readonly operator: number
  readonly role: 'weight' | 'bias' | 'scale' | 'data'
  readonly format: 'fp32' | 'fp16' | 'bf16' | 'int8'
  /** Bytes into the model, or into the file of weights where it is `external`. */
  readonly offset: number
  readonly count: number
  /** Of the output; the values of one stand together. */
  readonly channels: number
  readonly external: boolean
}

/** A run of values in the model. */
export interface MnnSpan {
  /** Bytes into the file. */
  readonly offset: number
  /** Values, not bytes. */
  readonly count: number
}

/** Weights of 8 bits and less, which have no value each in the file. */
export interface MnnPacked {
  readonly operator: number
  readonly channels: number
  readonly bits: 2 | 3 | 4 | 5 | 6 | 7 | 8
  readonly offset: number
  /** A step of a byte each… */
  readonly plain: MnnSpan | null
  /** …or an index of `indexBits` bits each, the most significant first, into the steps that are in use… */
  readonly indices: MnnSpan | null
  readonly indexBits: number
  /** …which MNN sorts first. None of the three for sparse weights and for those in the file of weights. */
  readonly samples: MnnSpan | null
  /** One for each channel; of `asymmetric` ones its lowest value, then its step. */
  readonly scales: MnnSpan | null
  readonly scaleFormat: 'fp32' | 'fp16'
  readonly asymmetric: boolean
  /** What the lowest step stands for; 0 is -128. */
  readonly lowest: number
}

/**
 * Reads an .mnn, a file or its content, as far as it can be read; of the file of weights beside it, only the size is asked for. Never throws
 * for what they hold.
 */
export function reportMnn(model: string | Uint8Array, weightFileBytes = 0): MnnReport {
  return JSON.parse(formatReader().mnn(model, weightFileBytes)) as MnnReport
}

/** `file` is only for messages. Throws TWINFER_MODEL_INVALID where tables or indices lead out of the file. */
export function parseMnn(content: Uint8Array, file: string): MnnNet {
  return parsedMnn(reportMnn(content), file)
}

/** The same of one that was read. */
export function parsedMnn({ net, findings }: MnnReport, file: string): MnnNet {
  const problem = findings.all.find(({ code }) => net === null || code === 'damaged-table')
  if (net && !problem) return net
  throw new TwinferError('TWINFER_MODEL_INVALID', `${file}: ${problem?.message}`, {
    help: problem?.help ?? '',
  })
}

/** A flatbuffer's offsets are 32 bits wide. */
const mostBytes = 2 ** 31 - 1

/** Throws TWINFER_MODEL_UNSUPPORTED beyond 2 GiB. `name` is only for messages. */
export async function requireMnn(model: string | Uint8Array, name: string): Promise<void> {
  const bytes = typeof model === 'string' ? await requireFile(model, 'model') : model.length
  if (bytes > mostBytes) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${name} has ${bytes} bytes: expected at most ${mostBytes}`,
      { help: 'Convert it with the weights in a file of their own.' },
    )
  }
}
