import { type OptionNames, requireOptions } from '../errors/requireOptions.js'

/** MNN's ScheduleConfig. */
export interface ScheduleConfig {
  /** Default CPU. A type that this machine does not have is an error, where MNN would take `backupType`. */
  readonly type?: ForwardType
  /** CPU: 1 to 32, default 4 as in MNN. */
  readonly numThread?: number
  /** GPU: MNNGpuMode; Vulkan takes 1, 2 or 4 (the default), or one of them plus 512. */
  readonly mode?: number
  /** For operators that `type` does not have. Default CPU. */
  readonly backupType?: ForwardType
  /** Names of tensors to keep as further outputs. */
  readonly saveTensors?: readonly string[]
  /** Run a part of the graph. `mode` says what the names are: 0 operators (the default), 1 tensors. */
  readonly path?: {
    readonly inputs?: readonly string[]
    readonly outputs?: readonly string[]
    readonly mode?: 0 | 1
  }
  readonly backendConfig?: BackendConfig
}

/** MNN's BackendConfig. Everything defaults to Normal. */
export interface BackendConfig {
  readonly precision?: Precision
  readonly memory?: Memory
  readonly power?: Power
  /** CPU only: 4 takes the plain SSE or NEON kernels. */
  readonly flags?: 0 | 4
}

const scheduleNames: OptionNames<ScheduleConfig> = {
  type: true,
  numThread: true,
  mode: true,
  backupType: true,
  saveTensors: true,
  path: true,
  backendConfig: true,
}

const backendNames: OptionNames<BackendConfig> = { precision: true, memory: true, power: true, flags: true }

/** Throws TWINFER_INVALID_OPTION for fields that MNN's configs do not have. */
export function requireScheduleConfig(config: ScheduleConfig): void {
  requireOptions(config, scheduleNames)
  if (config.path !== undefined)
    requireOptions(config.path, { inputs: true, outputs: true, mode: true }, 'path')
  requireBackendConfig(config.backendConfig)
}

export function requireBackendConfig(config: BackendConfig | undefined): void {
  if (config !== undefined) requireOptions(config, backendNames, 'backendConfig')
}

/** MNNForwardType, with MNN's own values. This build has CPU and VULKAN; AUTO takes Vulkan where it starts. */
export const ForwardType = {
  CPU: 0,
  METAL: 1,
  CUDA: 2,
  OPENCL: 3,
  AUTO: 4,
  NN: 5,
  OPENGL: 6,
  VULKAN: 7,
  USER_0: 8,
  USER_1: 9,
  HEXAGON: 10,
  USER_3: 11,
  /** Never asked for: what a CPU session with AVX2, AVX-512 or ARM82 kernels reports. */
  CPU_EXTENSION: 13,
  MUSA: 15,
} as const

export type ForwardType = (typeof ForwardType)[keyof typeof ForwardType]

/** BackendConfig::MemoryMode. Low computes weight-only quantised layers in int8. */
export const Memory = { Normal: 0, High: 1, Low: 2 } as const

export type Memory = (typeof Memory)[keyof typeof Memory]

/** BackendConfig::PowerMode: which cores of a big.LITTLE CPU; High and Low pin the threads to them. */
export const Power = { Normal: 0, High: 1, Low: 2 } as const

export type Power = (typeof Power)[keyof typeof Power]

/** BackendConfig::PrecisionMode. On x86 all four compute in fp32; on Vulkan all but High in fp16. */
export const Precision = { Normal: 0, High: 1, Low: 2, Low_BF16: 3 } as const

export type Precision = (typeof Precision)[keyof typeof Precision]
