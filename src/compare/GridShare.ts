/**
 * Share (0 to 1) of a tensor's values that a lower precision expresses exactly; random fp32 scores about 1e-4
 * on fp16's grid, values that passed through fp16 score 1. Zeros, small integers and non-finite values are left
 * out, because every grid holds them.
 */
export interface GridShare {
  readonly fp16: number
  readonly bf16: number
  /** Whether at most 256 distinct values occur in each channel: 1 or 0. */
  readonly int8: number
  /** How many values were judged; few say little. */
  readonly judged: number
}
