import type { Memory } from './Memory.js'
import type { Power } from './Power.js'
import type { Precision } from './Precision.js'

/** MNN's BackendConfig. Everything defaults to Normal. */
export interface BackendConfig {
  readonly precision?: Precision
  readonly memory?: Memory
  readonly power?: Power
  /** CPU only: 4 takes the plain SSE or NEON kernels. */
  readonly flags?: 0 | 4
}
