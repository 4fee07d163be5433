import type { ClassAxis } from './ClassAxis.js'
import type { Scores } from './plain/Scores.js'

/** Share, over all positions, of the reference's k best classes that are among the candidate's k best. */
export function overlapOfTopK(reference: Scores, candidate: Scores, axis: ClassAxis, k: number): number {
  const most = Math.min(k, axis.classes)
  let common = 0
  for (let o = 0; o < axis.outer; o++) {
    for (let i = 0; i < axis.inner; i++) {
      const start = o * axis.classes * axis.inner + i
      const wanted = new Set(bestClasses(reference, start, axis, most))
      for (const found of bestClasses(candidate, start, axis, most)) if (wanted.has(found)) common++
    }
  }
  return common / (axis.outer * axis.inner * most)
}

/** Best first; of equal scores the lower class comes first, and NaN last. */
function bestClasses(scores: Scores, start: number, { classes, inner }: ClassAxis, k: number): number[] {
  const rank = (c: number) => {
    const score = scores[start + c * inner]!
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score
  }
  const best: number[] = []
  for (let c = 0; c < classes; c++) {
    if (best.length === k && !(rank(c) > rank(best[k - 1]!))) continue
    const place = best.findIndex((other) => rank(c) > rank(other))
    best.splice(place < 0 ? best.length : place, 0, c)
    if (best.length > k) best.pop()
  }
  return best
}
