import { answering, answeringMethods } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import type { NativeInterpreter } from '../native/NativeMnn.js'
import type { NativeGpu } from '../native/NativeRunner.js'
import { native } from '../native/native.js'
import { requireScheduleConfig, type ScheduleConfig } from './ScheduleConfig.js'
import { Session } from './Session.js'

interface CreateOptions {
  externalFile?: string
}

const createNames: OptionNames<CreateOptions> = { externalFile: true }

/** MNN's Interpreter: a verified model, from which Sessions are made. */
export class Interpreter {
  readonly #native: NativeInterpreter

  private constructor(native: NativeInterpreter) {
    this.#native = native
  }

  /**
   * External weights are looked for in `externalFile`, by default `<file>.weight`.
   *
   * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED,
   * TWINFER_MODEL_UNSUPPORTED: everything that MNN would crash on is refused before it sees it.
   */
  static createFromFile(file: string, options: CreateOptions = {}): Interpreter {
    requireOptions(options, createNames)
    return new Interpreter(new (native().mnn.Interpreter)(file, options.externalFile))
  }

  /** As createFromFile; the bytes are copied. */
  static createFromBuffer(bytes: Uint8Array, options: CreateOptions = {}): Interpreter {
    requireOptions(options, createNames)
    return new Interpreter(new (native().mnn.Interpreter)(bytes, options.externalFile))
  }

  /** Version of the converter; '<2.0.0' where the file has none. Good after `releaseModel` as well. */
  getModelVersion(): string {
    return this.#native.modelVersion
  }

  get bizCode(): string {
    return this.#native.bizCode
  }

  get uuid(): string {
    return this.#native.uuid
  }

  /** @throws TwinferError TWINFER_INVALID_STATE after the first session. */
  setSessionMode(mode: SessionMode): void {
    this.#native.setSessionMode(mode)
  }

  /** @throws TwinferError TWINFER_INVALID_STATE after the first session, TWINFER_INVALID_ARGUMENT. */
  setSessionHint(hint: HintMode, value: number | readonly number[]): void {
    this.#native.setSessionHint(hint, value)
  }

  /** A file for the tuning results of a GPU, read now and written by `Session.updateCacheFile`. */
  setCacheFile(file: string): void {
    this.#native.setCacheFile(file)
  }

  /**
   * @throws TwinferError TWINFER_DEVICE_UNAVAILABLE where MNN would silently take another backend,
   * TWINFER_MODEL_UNSUPPORTED for a model that only a Module can run, TWINFER_INVALID_STATE after
   * `releaseModel`, TWINFER_INVALID_ARGUMENT.
   */
  createSession(config: ScheduleConfig = {}): Session {
    requireScheduleConfig(config)
    return new Session(this.#native.createSession(config))
  }

  /** Frees the file's bytes. The sessions go on, but cannot be resized, and no new one can be made. */
  releaseModel(): void {
    this.#native.releaseModel()
  }
}

answeringMethods(Interpreter)

/** Interpreter::HintMode, those that a Session reads. All take one number, CPU_CORE_IDS an array. */
export const HintMode = {
  MAX_TUNING_NUMBER: 0,
  MEM_ALLOCATOR_TYPE: 2,
  /** 0 turns Winograd convolutions off, 3 is the default. */
  WINOGRAD_MEMORY_LEVEL: 3,
  GEOMETRY_COMPUTE_MASK: 4,
  DYNAMIC_QUANT_OPTIONS: 5,
  CPU_LITTLECORE_DECREASE_RATE: 6,
  ATTENTION_OPTION: 7,
  KVCACHE_SIZE_LIMIT: 8,
  OP_ENCODER_NUMBER_FOR_COMMIT: 9,
  MMAP_FILE_SIZE: 11,
  INIT_THREAD_NUMBER: 13,
  CPU_CORE_IDS: 14,
  CPU_SME2_INSTRUCTIONS: 15,
  CPU_ENABLE_KLEIDIAI: 16,
  CPU_SME2_NEON_DIVISION_RATIO: 17,
  CPU_SME_CORES: 18,
} as const

export type HintMode = (typeof HintMode)[keyof typeof HintMode]

/** Interpreter::SessionMode. Set before the first session, but for the last two, which act on existing ones. */
export const SessionMode = {
  /** Default: `runSessionWithCallBackInfo` works. */
  Session_Debug: 0,
  Session_Release: 1,
  /** Default. */
  Session_Input_Inside: 2,
  /** Inputs have no memory of their own: `open()` uses it, a Session of this API cannot run in it. */
  Session_Input_User: 3,
  /** Default. */
  Session_Output_Inside: 4,
  Session_Output_User: 5,
  /** Default. */
  Session_Resize_Direct: 6,
  Session_Resize_Defer: 7,
  /** Default. */
  Session_Backend_Fix: 8,
  Session_Backend_Auto: 9,
  /** Default. */
  Session_Memory_Collect: 10,
  Session_Memory_Cache: 11,
  /** Default. */
  Session_Codegen_Disable: 12,
  Session_Codegen_Enable: 13,
  Session_Resize_Check: 14,
  Session_Resize_Fix: 15,
} as const

export type SessionMode = (typeof SessionMode)[keyof typeof SessionMode]

/** Version of the MNN that is linked in. */
export const getVersion = answering('getVersion', function getVersion(): string {
  return native().mnn.version
})

export type GpuInfo = NativeGpu

/** The Vulkan devices that MNN finds; starts Vulkan on first use. [] where there is none. */
export const gpuInfo = answering('gpuInfo', function gpuInfo(): readonly GpuInfo[] {
  return native().mnn.gpus()
})
