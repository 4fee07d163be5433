/**
 * Share (0 to 1) of a tensor's values that a lower precision expresses exactly; random fp32 scores about 1e-4
 * on fp16's grid, values that passed through fp16 score 1. Zeros, integers of up to 256 and non-finite values
 * are left out, because every grid holds them.
 */
export interface GridShare {
  readonly fp16: number
  readonly bf16: number
  /**
   * Whether at most 256 distinct values occur in each channel: 1 or 0. Null without the option `details`, and
   * where channels have fewer than 1024 elements, too few to tell.
   */
  readonly int8: number | null
  /**
   * How many values were judged; few say little. Of more than 2^20 elements, evenly spaced blocks that hold
   * about as many.
   */
  readonly judged: number
}
