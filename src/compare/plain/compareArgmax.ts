import type { ArgmaxComparison } from '../ArgmaxComparison.js'
import type { ClassAxis } from '../ClassAxis.js'
import type { Scores } from './Scores.js'

/**
 * Compares the best class at every position; of equal scores the first class wins, NaN never does.
 *
 * A flip is explained where all scores there are finite or the same on both sides, and the reference's margin
 * (best - second best) is at most 2 * explainedBy: errors of that size, one up and one down, can close it.
 *
 * @param explainedBy the largest |error| that precision and noise explain. It must not be the error found at
 *   the position itself, which explains every flip between finite scores (margin <= |e_i| + |e_j|).
 */
export function compareArgmax(
  reference: Scores,
  candidate: Scores,
  axis: ClassAxis,
  explainedBy: number,
): ArgmaxComparison {
  let argmaxFlips = 0
  let explainedFlips = 0
  for (let o = 0; o < axis.outer; o++) {
    for (let i = 0; i < axis.inner; i++) {
      const start = o * axis.classes * axis.inner + i
      const best = bestClass(reference, start, axis)
      if (best === bestClass(candidate, start, axis)) continue
      argmaxFlips++
      if (isExplained(reference, candidate, start, axis, best, explainedBy)) explainedFlips++
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
  explainedBy: number,
): boolean {
  let second = Number.NEGATIVE_INFINITY
  for (let c = 0, at = start; c < classes; c++, at += inner) {
    const a = reference[at]!
    const b = candidate[at]!
    if (c !== best && a > second) second = a
    // Equal infinities mask a class on both sides; their difference would be NaN.
    if (a !== b && !Number.isFinite(b - a)) return false
  }
  return reference[start + best * inner]! - second <= 2 * explainedBy
}
