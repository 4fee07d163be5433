import type { PackLayer } from './manifest/PackManifest.js'

/** A layer whose recorded values fp16 cannot hold, or hardly. */
export interface OverflowForecast {
  readonly layer: string
  readonly blob: string
  readonly maxAbs: number
  /** `certain`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values does. */
  readonly level: 'certain' | 'risk'
}

/** From the recorded maxima alone: no value needs to be stored, and nothing to run again. */
export function overflowForecast(layers: readonly PackLayer[]): readonly OverflowForecast[] {
  return layers.flatMap(({ name, blob, statistics: { maxAbs, fp16 } }): OverflowForecast[] =>
    fp16 === 'fits' ? [] : [{ layer: name, blob, maxAbs, level: fp16 === 'overflow' ? 'certain' : 'risk' }],
  )
}
