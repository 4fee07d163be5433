import type { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'

/** By name, by order, or alone when the model has one input. A bare array takes the model's shape. */
export type RunInputs =
  | Readonly<Record<string, Tensor | TypedArray>>
  | readonly (Tensor | TypedArray)[]
  | Tensor
  | TypedArray

export interface RunSyncOptions {
  /**
   * Names of the outputs to compute, or arrays to write them into. Default: all of them. Any other tensor of the
   * graph will do as well. ncnn hands it out as it is; MNN makes its session anew, once for each new name.
   */
  readonly outputs?: readonly string[] | Readonly<Record<string, Tensor | TypedArray>>
}

export interface RunOptions extends RunSyncOptions {
  /** Rejects the run with the signal's reason; a run that still waits is never started. */
  readonly signal?: AbortSignal
}
