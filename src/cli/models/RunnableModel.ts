import type { DType } from '../../tensor/DType.js'
import type { Layout } from '../../tensor/Layout.js'
import type { Tensor } from '../../tensor/Tensor.js'

export interface ModelTensor {
  readonly name: string
  readonly shape: readonly number[] | undefined
  readonly dtype: DType
  /** How four dimensions are ordered; NCHW where nothing is said. */
  readonly layout?: Layout
  /** See TensorInfo. */
  readonly unused?: boolean
}

/** What the commands need of a model; `Model` (ncnn, MNN) and `OnnxModel` both are one. */
export interface RunnableModel {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  readonly inputs: readonly ModelTensor[]
  readonly outputs: readonly ModelTensor[]
  readonly effective: EffectiveSettings
  readonly loadMs: number
  run(inputs: Readonly<Record<string, Tensor>>, options?: RunModelOptions): Promise<RunOutputs>
  dispose(): Promise<void>
}

/** The part of `effective` that the command line prints; all of it goes into the JSON. */
export interface EffectiveSettings {
  readonly engineVersion: string
  readonly backend: string
  readonly device: string
  readonly precision: string
  readonly requestedPrecision: string
  readonly threads: number
  readonly notes: readonly string[]
}

export type RunOutputs = Readonly<Record<string, Tensor>>

export interface RunModelOptions {
  /** Names of the outputs to compute. Default: all. */
  readonly outputs?: readonly string[]
}
