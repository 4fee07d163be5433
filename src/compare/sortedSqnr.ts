import type { Scores } from './plain/Scores.js'
import { quickError } from './quickError.js'

/**
 * SQNR of both sides' values in ascending order, in dB: high where the elementwise one is low means that values
 * are right but stand elsewhere (another layout, a permutation). Null where the elementwise one must be.
 */
export function sortedSqnr(reference: Scores, candidate: Scores): number | null {
  return quickError(reference.toSorted(), candidate.toSorted()).sqnrDb
}
