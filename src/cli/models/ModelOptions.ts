import type { Precision } from '../../model/Precision.js'
import type { InputShapes } from '../parse/parseInputShape.js'

export type Device = 'cpu' | 'auto' | 'vulkan' | `vulkan:${number}`
export type EngineOptions = Readonly<Record<string, boolean | number | string>>

/** What the command line can say about how a model runs. */
export interface ModelOptions {
  readonly precision: Precision
  readonly threads?: number
  readonly device: Device
  readonly engineOption?: EngineOptions
  /** By the inputs' names. */
  readonly inputShape?: InputShapes
}
