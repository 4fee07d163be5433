import type { BackendConfig } from './BackendConfig.js'
import type { ForwardType } from './ForwardType.js'

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
