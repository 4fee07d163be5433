/** What one pass over both outputs gathers; everything else follows from it. */
export interface Sums {
  /** Number of positions where both are finite; the sums and maxima are over these. */
  readonly finite: number
  readonly referencePower: number
  readonly candidatePower: number
  readonly errorPower: number
  readonly product: number
  readonly error: number
  readonly maxAbs: number
  readonly maxAbsIndex: number
  readonly referenceMaxAbs: number
  readonly nan: number
  readonly inf: number
  readonly referenceNan: number
  readonly referenceInf: number
  /** First position where they disagree and one is not finite, or -1. */
  readonly nonFiniteIndex: number
}
