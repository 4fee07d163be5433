import type { DType, Layout, TypedArray } from '../tensor/DType.js'

/** A path, or a file's content. */
export type NativeFile = string | Uint8Array

/** How a model runs, in the words of `OpenOptions`. */
export interface NativeRunnerOptions {
  readonly precision: string
  readonly threads: number
  readonly lanes: number
  readonly device: string
  readonly engineOptions: Readonly<Record<string, boolean | number | string>>
  readonly inputShapes: Readonly<Record<string, readonly number[]>>
  /** Of each run; 0 is no limit. */
  readonly limits: { readonly ms: number; readonly memory: number; readonly elements: number }
}

/** How an engine runs in a process of its own; 0 is no limit. */
export interface NativeIsolation {
  /** A program and its arguments, which calls the addon's `serveModel(3)`. */
  readonly command: readonly string[]
  readonly ms: number
  readonly memory: number
}

export interface NativeOpenRequest extends NativeRunnerOptions {
  readonly engine: 'ncnn' | 'mnn'
  /** ncnn: the .param; MNN: the .mnn. */
  readonly model: NativeFile
  /** ncnn only: the .bin. */
  readonly weights: NativeFile | undefined
  readonly isolation?: NativeIsolation | undefined
}

export interface NativeTensorSpec {
  readonly name: string
  /** -1 where the model leaves a dimension open; undefined where even their number is open. */
  readonly shape: readonly number[] | undefined
  readonly dtype: DType
  readonly layout: Layout
}

/** What an engine may really have computed in. */
export type RanPrecision = 'fp32' | 'fp16' | 'fp16-storage' | 'bf16' | 'int8'

export interface NativeEffective {
  readonly engine: 'ncnn' | 'mnn'
  readonly engineVersion: string
  /** Version of the converter that wrote the file; '' where the format has none. */
  readonly modelVersion: string
  readonly path: 'net' | 'session' | 'module'
  readonly backend: string
  readonly device: string
  readonly requestedPrecision: string
  readonly precision: RanPrecision
  /** Of one run. */
  readonly threads: number
  /**
   * ncnn: the names of the layers that run on this package's kernels in place of ncnn's own (`engineOptions: { kernels }`);
   * empty on MNN, on a GPU and where this processor has none.
   */
  readonly kernels: readonly string[]
  /** Why so many: asked for, or by the work of a run, which is known once the shapes of the inputs are. */
  readonly threadsReason: string
  /** Runs at once; 0 where nothing limits them: ncnn without the option `lanes`. */
  readonly lanes: number
  /** What a run may take, as `OpenOptions.limits` has it; null where nothing limits it. */
  readonly limits: {
    readonly ms: number | null
    readonly memory: number | null
    readonly elements: number | null
  }
  readonly notes: readonly string[]
  readonly options: Readonly<Record<string, boolean | number | string>>
}

/**
 * One run's results as one flat tuple: building an object of named properties costs as much as a small
 * layer. Bit i of a mask belongs to input or output i; from the 50th on they say "copied".
 */
export type NativeRunResult = readonly [
  /** The same array as last time while the shapes are the same: read only. */
  shapes: readonly (readonly number[])[],
  outputZeroCopyMask: number,
  inputZeroCopyMask: number,
  /** What the engine printed, one entry a line; undefined when it was silent. */
  log: readonly string[] | undefined,
  /** The same array as last time while shapes and types are the same. */
  types: readonly { readonly dtype: DType; readonly layout: Layout }[],
  ...data: readonly TypedArray[],
]

/**
 * One loaded model on one engine (cpp/runner/runner.h). Data are in the model's own layout; shapes
 * are checked natively against `inputs`.
 */
export interface NativeRunner {
  readonly inputs: readonly NativeTensorSpec[]
  readonly outputs: readonly NativeTensorSpec[]
  /** Read back after load and after each run: MNN knows some of it only then. */
  effective(): NativeEffective
  /** The index for `wanted` of any tensor of the graph: in `outputs` or beyond them; -1 where none has this name. */
  findOutput(name: string): number
  /** All names that `findOutput` knows. */
  tensorNames(): readonly string[]
  /** What the engine printed while it loaded. */
  readonly log: readonly string[]
  /**
   * Blocks. `data[i]` belongs to `inputs[i]`. `shapes` holds, for each input, its number of dimensions and
   * then these (typed arrays are read in one step; it may be used again at once). `wanted` indexes `outputs`,
   * or holds what `findOutput` gave.
   */
  runSync(
    data: readonly TypedArray[],
    shapes: Int32Array,
    wanted: Int32Array,
    into: readonly (TypedArray | undefined)[] | undefined,
  ): NativeRunResult
  /**
   * Copies the inputs, then runs on the addon's own threads, unless `cancelled[0]` is 1 by then; where it turns 1 later the
   * run ends as soon as the engine looks.
   */
  run(
    data: readonly TypedArray[],
    shapes: Int32Array,
    wanted: Int32Array,
    into: readonly (TypedArray | undefined)[] | undefined,
    cancelled?: Int32Array,
  ): Promise<NativeRunResult>
  /** Frees the engine's objects. Runs in flight finish first (it does not wait for them). Idempotent. */
  close(): void
}

export interface NativeRunnerStatic {
  open(request: NativeOpenRequest): Promise<NativeRunner>
  openSync(request: NativeOpenRequest): NativeRunner
}

/** A Vulkan device as one engine sees it. */
export interface NativeGpu {
  /** Of `device: 'vulkan:<index>'`: the system's order. */
  readonly index: number
  readonly name: string
  readonly type: 'discrete' | 'integrated' | 'virtual' | 'cpu' | 'other'
  readonly apiVersion: string
  readonly driverVersion: string
  readonly vendorId: number
  readonly deviceId: number
  readonly fp16Storage: boolean
  readonly fp16Arithmetic: boolean
  readonly int8Storage: boolean
  readonly subgroupSize: number
}
