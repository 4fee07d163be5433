import type { Effective } from '../../model/Model.js'
import type { OpenOptions } from '../../model/options.js'
import type { PackMachine } from '../../pack/PackManifest.js'
import type { DType, Layout } from '../../tensor/DType.js'

/** What was written. */
export interface Extraction {
  readonly folder: string
  /** The file that was cut. */
  readonly model: string
  readonly engine: 'ncnn' | 'mnn'
  /** That compute something, in order. */
  readonly layers: readonly { readonly index: number; readonly name: string; readonly type: string }[]
  /** Name of the model in the folder. */
  readonly piece: string
  readonly inputs: readonly ExtractedInput[]
  /** What enters as well, as constants of the piece: values that decide shapes, which MNN has to know before it runs. */
  readonly fixed: readonly string[]
  readonly outputs: readonly ExtractedOutput[]
  /** The piece by itself on the engine's own values, in fp32, beside the whole network: whether the cut is a true one. */
  readonly alone: Difference & { readonly identical: boolean }
  /** How to open the piece so that it computes what is in `computed`. */
  readonly options: Pick<OpenOptions, 'precision' | 'threads' | 'device' | 'engineOptions'>
  readonly effective: Effective
  readonly versions: {
    readonly twinfer: string
    readonly node: string
    readonly engine: string
    /** Of the converter, where the file says it. */
    readonly converter: string
  }
  readonly machine: PackMachine
  /** Names of all files in the folder. */
  readonly files: readonly string[]
  readonly warnings: readonly string[]
}

export interface ExtractedInput {
  readonly name: string
  /** In the engine's dimensions. */
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: Layout
  readonly file: string
  /** Given to the whole network, computed by the engine up to there, or by the reference. */
  readonly from: 'model' | 'engine' | 'reference'
  /** The reference's name for it; null where it is not the reference's. */
  readonly reference: string | null
}

export interface ExtractedOutput extends Difference {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Names of the files. */
  readonly expected: string
  readonly computed: string
  /** `engine`: no reference has it, and it is of the engine itself, in fp32 without its faster algorithms. */
  readonly expectedFrom: 'reference' | 'engine'
  readonly reference: string | null
}

export interface Difference {
  /** Null where one side only is not finite. */
  readonly sqnrDb: number | null
  readonly maxAbs: number
}
