import type { Scores } from './Scores.js'

/**
 * |error| / |reference| over the finite positions where |reference| > floor. The floor follows from the
 * reference's maximum, which is known only after the first pass; hence a pass of its own.
 */
export function relativeErrors(reference: Scores, candidate: Scores, floor: number) {
  let maxRel = 0
  let sumRel = 0
  let countRel = 0
  for (let i = 0; i < reference.length; i++) {
    const a = Math.abs(reference[i]!)
    if (!(a > floor)) continue
    const relative = Math.abs(candidate[i]! - reference[i]!) / a
    // False for NaN; Infinity is one side's, and counted elsewhere.
    if (!(relative < Number.POSITIVE_INFINITY)) continue
    if (relative > maxRel) maxRel = relative
    sumRel += relative
    countRel++
  }
  return { maxRel, sumRel, countRel }
}
