import type { DType, Layout } from '../tensor/DType.js'
import type { ModelEngine } from './identifyModel.js'

export interface TensorSummary {
  readonly name: string
  /** In NumPy order; -1 is a dimension that the model leaves open, null a shape it does not state. */
  readonly shape: readonly number[] | null
  readonly dtype: DType
  readonly layout: Layout
}

export interface LayerSummary {
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export interface WeightsSummary {
  readonly file: string
  readonly bytes: number
}

/** What a model file says about itself, read without any engine. */
export interface ModelSummary {
  readonly engine: ModelEngine
  readonly format: 'ncnn-param' | 'ncnn-param-bin' | 'mnn-flatbuffer'
  readonly file: string
  readonly bytes: number
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
  readonly layers: readonly LayerSummary[]
  /** Absent where the weights are inside the model file, or not there at all (see `warnings`). */
  readonly weights?: WeightsSummary
  /** MNN only: the names of the graphs inside If and While, where there are any. */
  readonly subgraphs?: readonly string[]
  /** What the file records: for MNN `converter`, `source`, `bizCode`, `uuid`. */
  readonly versions: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}
