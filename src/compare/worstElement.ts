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

function coordinateOf(index: number, shape: readonly number[]): number[] {
  let rest = index
  return shape
    .toReversed()
    .map((size) => {
      const at = rest % size
      rest = Math.floor(rest / size)
      return at
    })
    .reverse()
}
