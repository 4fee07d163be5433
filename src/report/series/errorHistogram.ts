import type { Scores } from '../../compare/plain/Scores.js'
import type { ErrorHistogram } from './OutputSeries.js'

/** Odd, so that one bin has zero in its middle. */
const bins = 61

export function errorHistogram(reference: Scores, candidate: Scores): ErrorHistogram {
  let limit = 0
  let finite = 0
  for (let i = 0; i < reference.length; i++) {
    const size = Math.abs(candidate[i]! - reference[i]!)
    if (!Number.isFinite(size)) continue
    finite++
    if (size > limit) limit = size
  }
  if (limit === 0) return { limit, counts: [finite] }
  const counts = new Array<number>(bins).fill(0)
  for (let i = 0; i < reference.length; i++) {
    const error = candidate[i]! - reference[i]!
    if (Number.isFinite(error)) counts[binOf(error, limit)]!++
  }
  return { limit, counts }
}

/** The share is taken before the scaling: 2 * limit may overflow. */
function binOf(error: number, limit: number): number {
  return Math.min(bins - 1, Math.floor(((error / limit + 1) / 2) * bins))
}
