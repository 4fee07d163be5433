import { type EngineWeight, toleranceOf } from './Comparand.js'
import { leastSignAgreement, rowSimilarity, signAgreement } from './rowSimilarity.js'
import type { SourceWeight } from './SourceWeight.js'
import { sourceLayouts } from './sourceLayouts.js'

export const alikeEnough = 0.9

export interface Match {
  readonly source: SourceWeight
  readonly reference: Float32Array
  /** The number of the reference among the layouts of the source. */
  readonly layout: number
}

/** The first of the candidates that a weight is, in one of the layouts that a converter may have written it in. */
export function findMatch(
  weight: EngineWeight,
  values: Float32Array,
  candidates: readonly SourceWeight[],
): Match | undefined {
  for (const source of candidates) {
    let layout = 0
    for (const reference of sourceLayouts(source, weight.layerType)) {
      if (isAlike(weight, values, reference)) return { source, reference, layout }
      layout++
    }
  }
  return undefined
}

/** Weights that are all zero, or within their rounding errors, are like none: they get what is left over. */
export function isAlike(weight: EngineWeight, values: Float32Array, reference: Float32Array): boolean {
  const rowSize = weight.count / weight.channels
  const { rows, alike } = rowSimilarity(values, reference, rowSize, toleranceOf(weight), { sampled: true })
  if (rows > 0 && alike >= alikeEnough * rows) return true
  return signAgreement(values, reference, rowSize) >= leastSignAgreement
}
