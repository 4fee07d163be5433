/**
 * Elements by their distance in units in the last place (ULP) of float32: how many float32 numbers lie between
 * the two, plus one. Positions where one side is not finite are left out; of more than 2^20 elements, those of
 * evenly spaced blocks that hold about as many are counted.
 */
export interface UlpHistogram {
  /** Lower edges of the bins: 0 (equal), 1, 2, 4, 8 … 2^30. A bin ends where the next one begins. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}
