import type { PassRule } from './PassRule.js'
import { roundDown } from './rounding.js'

/**
 * The precisions that can be judged: those that can really run, so not 'default', and `fp16-weights`, a file
 * that stores fp16 and runs in fp32: its weights were rounded once, nothing else is.
 */
export type JudgedPrecision =
  | 'fp32'
  | 'fp16'
  | 'fp16-storage'
  | 'fp16-weights'
  | 'bf16'
  | 'int8'
  | 'int7'
  | 'int6'
  | 'int5'
  | 'int4'
  | 'int3'
  | 'int2'

/**
 * The rules for a network of which nothing is known; `floorOf` raises the floor where its depth is. Where the
 * numbers come from (docs/comparing.md lists what this project's models measure):
 *
 * - fp32, 80 dB: rounding once to fp16 limits Gaussian values to 73.7 dB, so what is 6 dB below that and more was
 *   not computed in fp32. Kernels that only add in another order differ by 90 to 132 dB. For outputs whose SQNR
 *   suffers from many small elements, a largest error within 1e-4 of the largest value passes too.
 * - fp16, fp16-storage, fp16-weights, 35 dB: the least of all depths. The cosine of 0.9995 follows from 35 dB
 *   (cosine^2 = 1 / (1 + 10^(-SQNR/10))); it is what still has to hold where a caller accepts a lower floor.
 * - bf16, 30 dB: one rounding gives 55.6 dB, 18 less than fp16; the deepest network measured gives 33.
 * - int8, cosine 0.99: one rounding with a scale from the largest value gives 41 dB,
 *   but calibrated scales saturate on purpose, so amplitudes may be wrong where directions hold. Noise that
 *   is independent of the signal reaches that cosine at 10*log10(0.99^2 / (1 - 0.99^2)) = 16.9 dB, named as
 *   the floor for information only.
 * - int7 to int2, weights of so few bits: rounding to b bits in steps of a channel's largest value / 2^(b-1) leaves
 *   6.02 b - 7.3 dB of Gaussian weights (41 dB for 8, as above). Ten such layers, and 6 dB of slack, are the least,
 *   held to as the cosine that follows from it. Every bit less doubles the noise, and the share of labels that may be
 *   ties: 1 % at 8 bits (nets of 7 and 6 measure less than 2 %), 2 % at 7, 16 % at 4, at most 30 %.
 */
export const passRules: Readonly<Record<JudgedPrecision, PassRule>> = {
  fp32: { floorDb: 80, isFloorBinding: true, orMaxAbsShare: 1e-4 },
  fp16: { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-storage': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-weights': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  bf16: { floorDb: 30, isFloorBinding: true },
  int8: { floorDb: 16.9, isFloorBinding: false, leastCosine: 0.99 },
  int7: integerRule(7),
  int6: integerRule(6),
  int5: integerRule(5),
  int4: integerRule(4),
  int3: integerRule(3),
  int2: integerRule(2),
}

/** What rounding Gaussian weights once to so many bits leaves, in dB. */
export function integerDb(bits: number): number {
  return 6.02 * bits - 7.3
}

/** The cosine at which noise that is independent of the signal leaves so many dB, to four digits. */
export function cosineAt(sqnrDb: number): number {
  return roundDown(1 / Math.sqrt(1 + 10 ** (-sqnrDb / 10)), 4)
}

function integerRule(bits: number): PassRule {
  // Never more than int8 needs.
  const floorDb = Math.min(16.9, integerDb(bits) - 10 - 6)
  const mostLabelFlips = Math.min(0.3, 0.01 * 2 ** (8 - bits))
  return { floorDb, isFloorBinding: false, leastCosine: cosineAt(floorDb), mostLabelFlips }
}
