/** The number formats that weights have in files. */
export type ValueFormat = 'fp32' | 'fp16' | 'bf16' | 'int8'

/** What one pass over a tensor finds. */
export interface ValueStatistics {
  readonly count: number
  readonly zeros: number
  /** Not zero, and smaller than the format's smallest normal number. */
  readonly subnormal: number
  /** NaN and Infinity together. */
  readonly special: number
  /** Every value is the same. */
  readonly constant: boolean
  /** How many values have each exponent, biased as in float32; int8 has none. */
  readonly exponents: Float64Array
}

/** The bias of float32's exponent: `exponents[exponentBias]` counts values of 1 to 2. */
export const exponentBias = 127
