import { coordinateOf } from './coordinateOf.js'
import type { WorstElement } from './OutputComparison.js'
import type { Scores } from './Scores.js'
import type { Sums } from './Sums.js'

/** The element to look at first; null where nothing differs. */
export function worstElement(
  sums: Sums,
  reference: Scores,
  candidate: Scores,
  shape: readonly number[],
): WorstElement | null {
  const index = sums.nonFiniteIndex >= 0 ? sums.nonFiniteIndex : sums.maxAbsIndex
  if (index < 0) return null
  return {
    index,
    coordinate: coordinateOf(index, shape),
    reference: reference[index]!,
    value: candidate[index]!,
  }
}
