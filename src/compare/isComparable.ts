import type { NativeSums } from '../native.js'

/** Whether ratios of these sums say anything: no NaN or Infinity on one side only, and something finite. */
export function isComparable(sums: NativeSums): boolean {
  return (
    sums.finite > 0 &&
    sums.nonFiniteIndex < 0 &&
    // Squares of doubles beyond 1e154 overflow; a ratio with an infinity in it would look perfect.
    Number.isFinite(sums.referencePower + sums.candidatePower + sums.errorPower)
  )
}
