import type { PackLayer, PackManifest, PackRun } from './manifest/PackManifest.js'

/** A layer whose recorded values fp16 cannot hold, or hardly. */
export interface OverflowForecast {
  readonly layer: string
  readonly blob: string
  readonly maxAbs: number
  /** `certain`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values does. */
  readonly level: 'certain' | 'risk'
}

/** Of all layers, from their recorded maxima alone: no values need to be stored, and nothing to run again. */
export function overflowRisks(layers: readonly PackLayer[]): readonly OverflowForecast[] {
  return layers.flatMap(({ name, blob, statistics: { maxAbs, fp16 } }): OverflowForecast[] =>
    fp16 === 'fits' ? [] : [{ layer: name, blob, maxAbs, level: fp16 === 'overflow' ? 'certain' : 'risk' }],
  )
}

/** Where a run may have overflowed: nowhere unless it stored values in fp16. */
export function overflowForecast(
  { layers }: PackManifest,
  { effective }: PackRun,
): readonly OverflowForecast[] {
  return effective.precision.startsWith('fp16') ? overflowRisks(layers) : []
}
