import { answering, answeringMethods } from '../errors/answering.js'
import { requireOptions } from '../errors/requireOptions.js'
import type { NativeCpu, NativeExtractor, NativeLayer, NativeNet } from '../native/NativeNcnn.js'
import type { NativeGpu } from '../native/NativeRunner.js'
import { native } from '../native/native.js'
import { withReceived } from '../native/receivedOption.js'
import { Mat } from './Mat.js'

/** ncnn's Net. Loading and running block the thread; `open()` is the door that does not. */
export class Net {
  readonly #native: NativeNet

  constructor() {
    this.#native = new (native().ncnn.Net)()
  }

  /** A copy of the options: ncnn's defaults, what was set, and after loading what ncnn changed by itself. */
  get opt(): Option {
    return this.#native.getOption() as unknown as Option
  }

  /**
   * Sets some options and leaves the others.
   *
   * @throws TwinferError TWINFER_OPTIONS_FROZEN after `loadParam`, TWINFER_INVALID_OPTION.
   */
  setOptions(options: Partial<Option>): void {
    try {
      this.#native.setOption(options as Record<string, boolean | number>)
    } catch (error) {
      throw withReceived(error, { ...options })
    }
  }

  /** Loads a `.param`, text or binary, from a path or its content. Drops what was loaded before. */
  loadParam(file: string | Uint8Array): void {
    this.#native.loadParam(file)
  }

  /**
   * Loads the `.bin`, once.
   *
   * @throws TwinferError TWINFER_MODEL_TRUNCATED, TWINFER_MODEL_INVALID, TWINFER_INVALID_STATE.
   */
  loadModel(file: string | Uint8Array): void {
    this.#native.loadModel(file)
  }

  clear(): void {
    this.#native.clear()
  }

  get layers(): readonly NativeLayer[] {
    return this.#native.layers
  }

  get blobNames(): readonly string[] {
    return this.#native.blobNames
  }

  get inputIndexes(): readonly number[] {
    return this.#native.inputIndexes
  }

  get outputIndexes(): readonly number[] {
    return this.#native.outputIndexes
  }

  get inputNames(): readonly string[] {
    return this.#named(this.inputIndexes)
  }

  get outputNames(): readonly string[] {
    return this.#named(this.outputIndexes)
  }

  /** @throws TwinferError TWINFER_INVALID_STATE before `loadModel`. */
  createExtractor(): Extractor {
    return new Extractor(this.#native.createExtractor())
  }

  #named(indexes: readonly number[]): readonly string[] {
    const names = this.blobNames
    return indexes.map((index) => names[index]!)
  }
}

answeringMethods(Net)

/** ncnn's Option, under ncnn's own field names, and `kernels`. Every field has to be set before `loadParam`. */
export interface Option {
  /** Layers of this package in place of ncnn's own where they are faster. Default: true. */
  kernels: boolean
  lightmode: boolean
  num_threads: number
  openmp_blocktime: number
  flush_denormals: number
  kvcache_max_seqlen_hint: number
  use_winograd_convolution: boolean
  use_winograd23_convolution: boolean
  use_winograd43_convolution: boolean
  use_winograd63_convolution: boolean
  use_sgemm_convolution: boolean
  use_packing_layout: boolean
  use_int8_inference: boolean
  use_fp16_packed: boolean
  use_fp16_storage: boolean
  use_fp16_arithmetic: boolean
  use_fp16_uniform: boolean
  use_bf16_packed: boolean
  use_bf16_storage: boolean
  use_int8_packed: boolean
  use_int8_storage: boolean
  use_int8_arithmetic: boolean
  use_int8_uniform: boolean
  use_int16_packed: boolean
  use_int16_storage: boolean
  use_a53_a55_optimized_kernel: boolean
  use_local_pool_allocator: boolean
  use_mapped_model_loading: boolean
  use_vulkan_compute: boolean
  vulkan_device_index: number
  use_subgroup_ops: boolean
  use_shader_local_memory: boolean
  use_cooperative_matrix: boolean
  use_tensor_storage: boolean
  use_weights_in_host_memory: boolean
}

/** ncnn's Extractor: one run. Blobs go by name or by index; any blob may be an input or an output. */
export class Extractor {
  readonly #native: NativeExtractor

  /** @internal Use `Net.createExtractor`. */
  constructor(native: NativeExtractor) {
    this.#native = native
  }

  /**
   * Sets a blob; the layers above it are not run.
   *
   * @throws TwinferError TWINFER_INVALID_STATE after the first extract (ncnn would go on with the old
   * results), TWINFER_UNKNOWN_INPUT, TWINFER_INVALID_ARGUMENT.
   */
  input(blob: string | number, mat: Mat): void {
    this.#native.input(blob, mat?.native)
  }

  /**
   * Runs what the blob needs and gives it as unpacked fp32, or with `raw` as the layer left it.
   *
   * @throws TwinferError TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_OUTPUT, TWINFER_SHAPE_MISMATCH,
   * TWINFER_INVALID_STATE (a blob that light mode has given back), TWINFER_ENGINE_FAILED.
   */
  extract(blob: string | number, options: { raw?: boolean } = {}): Mat {
    requireOptions(options, { raw: true })
    const { raw = false } = options
    return new Mat(this.#native.extract(blob, raw))
  }

  /** On (the default): a blob's memory goes back once its consumer ran. Off: every blob can be extracted. */
  setLightMode(on: boolean): void {
    this.#native.setLightMode(on)
  }

  /** Forgets inputs and results. */
  clear(): void {
    this.#native.clear()
  }
}

answeringMethods(Extractor)

export type CpuInfo = NativeCpu
export type GpuInfo = NativeGpu

/** Cores, and the instruction sets that ncnn chooses its kernels by. */
export const cpuInfo = answering('cpuInfo', function cpuInfo(): CpuInfo {
  return native().ncnn.cpu()
})

/** Vulkan devices; starts Vulkan on first use. [] where there is none. */
export const gpuInfo = answering('gpuInfo', function gpuInfo(): readonly GpuInfo[] {
  return native().ncnn.gpus()
})
