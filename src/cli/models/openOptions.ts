import type { OpenOptions } from '../../model/OpenOptions.js'
import { engineOptionsFor } from './engineOptionsFor.js'
import type { ModelOptions } from './ModelOptions.js'

/** What the command line says, for `open()` and the tracers. */
export function openOptions(engine: 'ncnn' | 'mnn', options: ModelOptions): OpenOptions {
  return {
    engine,
    precision: options.precision,
    device: options.device,
    engineOptions: engineOptionsFor(engine, options.engineOption ?? {}),
    ...(options.inputShape && { inputShapes: options.inputShape }),
    ...(options.threads !== undefined && { threads: options.threads }),
  }
}
