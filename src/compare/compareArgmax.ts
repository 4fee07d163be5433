import type { ArgmaxComparison } from './ArgmaxComparison.js'
import type { ClassAxis } from './ClassAxis.js'
import type { Scores } from './Scores.js'

/**
 * Compares the best class at every position; of equal scores the first class wins, NaN never does.
 *
 * A flip is explained where the reference's margin m = best - second best is at most 2e, e being the largest
 * error at that position: errors of e can close a gap of 2e. Where the scores that are compared are those the
 * argmax is taken of, this holds for every flip between finite numbers (m <= |e_i| + |e_j|), so what is left
 * unexplained are NaN and Infinity; how large an error may be is for the floors in judge().
 */
export function compareArgmax(reference: Scores, candidate: Scores, axis: ClassAxis): ArgmaxComparison {
  let argmaxFlips = 0
  let explainedFlips = 0
  for (let o = 0; o < axis.outer; o++) {
    for (let i = 0; i < axis.inner; i++) {
      const start = o * axis.classes * axis.inner + i
      const best = bestClass(reference, start, axis)
      if (best === bestClass(candidate, start, axis)) continue
      argmaxFlips++
      if (isExplained(reference, candidate, start, axis, best)) explainedFlips++
    }
  }
  return { argmaxCount: axis.outer * axis.inner, argmaxFlips, explainedFlips }
}

/** -1 where no score is a number. */
function bestClass(scores: Scores, start: number, { classes, inner }: ClassAxis): number {
  let best = -1
  let bestScore = Number.NEGATIVE_INFINITY
  for (let c = 0, at = start; c < classes; c++, at += inner) {
    const score = scores[at]!
    if (score > bestScore || (best < 0 && !Number.isNaN(score))) {
      best = c
      bestScore = score
    }
  }
  return best
}

function isExplained(
  reference: Scores,
  candidate: Scores,
  start: number,
  { classes, inner }: ClassAxis,
  best: number,
): boolean {
  let second = Number.NEGATIVE_INFINITY
  let error = 0
  for (let c = 0, at = start; c < classes; c++, at += inner) {
    const a = reference[at]!
    const b = candidate[at]!
    if (c !== best && a > second) second = a
    // Equal infinities mask a class on both sides; their difference would be NaN.
    const size = a === b ? 0 : Math.abs(b - a)
    if (size <= error) continue
    if (!Number.isFinite(size)) return false
    error = size
  }
  const margin = reference[start + best * inner]! - second
  return margin <= 2 * error
}
