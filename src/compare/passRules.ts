import type { PassRule } from './PassRule.js'

/**
 * The precisions that can be judged: those that can really run, so not 'default', and `fp16-weights`, a file
 * that stores fp16 and runs in fp32: its weights were rounded once, nothing else is.
 */
export type JudgedPrecision = 'fp32' | 'fp16' | 'fp16-storage' | 'fp16-weights' | 'bf16' | 'int8'

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
 * - int8, cosine 0.99 and the same best class: one rounding with a scale from the largest value gives 41 dB,
 *   but calibrated scales saturate on purpose, so amplitudes may be wrong where directions hold. Noise that
 *   is independent of the signal reaches that cosine at 10*log10(0.99^2 / (1 - 0.99^2)) = 16.9 dB, named as
 *   the floor for information only. Of many positions (a map) 1 % may differ, as ties are no fault; a
 *   classifier's one position may not.
 */
export const passRules: Readonly<Record<JudgedPrecision, PassRule>> = {
  fp32: { floorDb: 80, isFloorBinding: true, orMaxAbsShare: 1e-4 },
  fp16: { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-storage': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-weights': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  bf16: { floorDb: 30, isFloorBinding: true },
  int8: { floorDb: 16.9, isFloorBinding: false, leastCosine: 0.99, leastTop1Share: 0.99 },
}
