/** Elements by their distance in units in the last place of float32. */
export interface UlpHistogram {
  /** Lower edges of the bins, the first 0 (bit-identical); a bin ends where the next one begins. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}
