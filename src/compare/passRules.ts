import type { PassRule } from './PassRule.js'

/** The precisions that can be judged: those that can really run, so not 'default'. */
export type JudgedPrecision = 'fp32' | 'fp16' | 'fp16-storage' | 'bf16' | 'int8'

/**
 * Where the numbers come from (defaults to start from; measured on Gaussian data and on this project's
 * models, where real networks vary by several dB):
 *
 * - fp32, 80 dB: rounding once to fp16 already limits Gaussian values to 74 dB, so what is below 80 was
 *   probably not computed in fp32. Kernels that only add in another order differ by 90 to 132 dB. For
 *   outputs whose SQNR suffers from many small elements, a largest error within 1e-4 of the largest value
 *   passes too. An engine that approximates exp or GELU can miss both (MNN on a small transformer: 77 dB).
 * - fp16, 35 dB: storing in fp16 but adding in fp32 gives 68 to 70 dB a layer. Adding in fp16 gives 62, 52
 *   and 43 dB for dot products of 64, 576 and 4608 terms, and L layers cost another 10*log10(L) dB. The
 *   number of layers is not known here, so this is the least for any: 43 less 8 for depth and chance. The
 *   cosine of 0.9995 follows from 35 dB; it is what still has to hold where a caller accepts a lower floor.
 * - bf16, 30 dB: one rounding gives 56 dB, 18 less than fp16; a network of four convolutions gives 47.
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
  bf16: { floorDb: 30, isFloorBinding: true },
  int8: { floorDb: 16.9, isFloorBinding: false, leastCosine: 0.99, leastTop1Share: 0.99 },
}
