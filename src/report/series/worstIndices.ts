import type { Scores } from '../../compare/plain/Scores.js'

/**
 * Positions of the largest errors, the largest first, equal ones by position. What is finite on one side only
 * is the largest of all; what does not differ is left out.
 */
export function worstIndices(reference: Scores, candidate: Scores, count: number): number[] {
  const worst: { index: number; error: number }[] = []
  let least = 0
  for (let i = 0; i < reference.length; i++) {
    const error = errorAt(reference[i]!, candidate[i]!)
    if (error <= least) continue
    const at = worst.findIndex((other) => other.error < error)
    worst.splice(at < 0 ? worst.length : at, 0, { index: i, error })
    if (worst.length > count) worst.pop()
    if (worst.length === count) least = worst[count - 1]!.error
  }
  return worst.map(({ index }) => index)
}

/** NaN facing NaN, and an infinity facing the same one, agree. */
function errorAt(a: number, b: number): number {
  const error = Math.abs(b - a)
  if (Number.isFinite(error)) return error
  return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY
}
