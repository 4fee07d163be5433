import type { DType, Layout, TypedArray } from '../tensor/DType.js'
import type { Tensor } from '../tensor/Tensor.js'

export interface OpenOptions {
  /** Default: by the file's name, then by its content. */
  readonly engine?: 'ncnn' | 'mnn'
  /** ncnn only: the `.bin`. Default: the file beside the `.param` with the same stem. */
  readonly weights?: string | URL | Uint8Array
  /** Default: `default`, the engine's own choice. */
  readonly precision?: Precision
  /**
   * Threads of one run. Default: by the work, one for each 5 million multiply-adds of a run, as far as there are physical
   * big cores; `effective.threadsReason` says what was chosen and why.
   */
  readonly threads?: number
  /**
   * Runs at once, 1 to 16; further ones wait for a free lane. The cores are shared among them unless `threads` is given.
   * ncnn's share the weights, MNN's hold them as often. Default: 1 on MNN; runs of ncnn overlap without a limit.
   */
  readonly lanes?: number
  /** Default: `cpu`. `vulkan` fails where there is none; `auto` falls back to the CPU and says so. */
  readonly device?: 'cpu' | 'vulkan' | `vulkan:${number}` | 'auto'
  /** Switches under the engine's own names; they win over `precision`. */
  readonly engineOptions?: Readonly<Record<string, boolean | number | string>>
  /** Shapes of inputs that the model leaves open, by name. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>
  /**
   * Runs the engine in a process of its own: what crashes there is TWINFER_ENGINE_CRASHED, and the next run starts it
   * again. For models of strangers; each run costs some ten microseconds more, and a copy of what goes in and out.
   * Default: false.
   */
  readonly isolate?: boolean
  /** What the model may take; more is TWINFER_LIMIT_EXCEEDED. `effective.limits` says what holds. */
  readonly limits?: Limits
  /** Receives what the engine prints while this model loads and runs. */
  readonly logger?: (line: LogLine) => void
  /**
   * The record of how pixels become its input: a file, or `false` for none. Default: `MODEL.twinfer.json` beside the
   * model, where there is one.
   */
  readonly sidecar?: string | URL | false
  /**
   * A file of `twinfer tune`: its settings for this model, on this engine version and CPU. Options that are given beside
   * it win. Default: none.
   */
  readonly tuned?: string | URL
}

/** Infinity is no limit. */
export interface Limits {
  /**
   * Milliseconds of one run; of opening the model as well where it is isolated. ncnn looks at each layer that makes a
   * blob, MNN between two operators, and a `Module` of MNN's not at all; an isolated one is ended where it does not
   * look. Default: none, and 60,000 where it is isolated.
   */
  readonly ms?: number
  /**
   * Bytes of one run: blobs and what layers work in, on MNN with the weights; all that the process takes where it is
   * isolated. What follows from the shapes is refused before anything runs. Default: half of what the machine or its
   * container has.
   */
  readonly memory?: number
  /** Elements of any one tensor. Default: none but the engines' own, 2^31 bytes on MNN. */
  readonly elements?: number
}

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
  /**
   * Rejects the run with the signal's reason. A run that still waits is never started, one that has begun ends at the next
   * layer at which the engine looks, as for `limits.ms`, and an isolated one with its process.
   */
  readonly signal?: AbortSignal
}

export interface RunManyOptions {
  /** Names of the outputs to compute. Default: all of them. */
  readonly outputs?: readonly string[]
  /** Ends it with the signal's reason; runs that still wait are never started. */
  readonly signal?: AbortSignal
}

export interface PredictOptions {
  /** How many classes of an output of scores. Default: 5. */
  readonly top?: number
  /** Inputs that are no pictures, by name. */
  readonly inputs?: Readonly<Record<string, Tensor | TypedArray>>
  /** Rejects with the signal's reason; a run that still waits is never started. */
  readonly signal?: AbortSignal
}

/**
 * One word with one meaning on both engines. `fp32`: everything low is off. `fp16`: arithmetic and
 * storage. `fp16-storage`: values are stored as fp16 and computed as fp32. `default`: the engine's own.
 * What really ran is in `model.effective`.
 */
export type Precision = 'default' | 'fp32' | 'fp16' | 'fp16-storage' | 'bf16' | 'int8'

export const precisions: readonly Precision[] = ['default', 'fp32', 'fp16', 'fp16-storage', 'bf16', 'int8']

export interface TensorInfo {
  readonly name: string
  /** -1 where the model leaves a dimension open; undefined where it leaves all of them open. */
  readonly shape: readonly number[] | undefined
  readonly dtype: DType
  readonly layout: Layout
  /** Nothing that the model computes depends on this input, which may be left out. Only said of an .onnx. */
  readonly unused?: boolean
}

/** A line that an engine printed. Nothing reaches stdout or stderr unasked. */
export interface LogLine {
  readonly engine: 'ncnn' | 'mnn'
  readonly text: string
}
