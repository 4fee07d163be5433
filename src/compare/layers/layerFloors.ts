import type { JudgedPrecision } from '../passRules.js'

export interface LayerFloor {
  /** A layer's own SQNR below which it is broken, whatever the others do. */
  readonly brokenDb: number
  /** Below this it is suspicious … */
  readonly floorDb: number
  /** … and broken where it is also this far below the median of all layers. */
  readonly belowMedianDb: number
}

/**
 * For one layer on the reference's inputs, so nothing accumulates. fp32 kernels differ by 90 to 140 dB, and
 * approximated functions (exp, GELU, softmax in MNN) reach 70 to 80. A value that is rounded once loses 74 dB in
 * fp16 and 56 dB in bf16; a layer rounds its inputs, its weights and its outputs, and fp16 sums of K terms come
 * down to 43 dB at K = 4608. int8 gives 41 dB at best, and calibrated scales cut off the largest values.
 * Fewer bits lose 6 dB each (see passRules). Cancellation (a mean that is subtracted) can cost another 20 dB: hence the distance to the median.
 */
export const layerFloors: Readonly<Record<JudgedPrecision, LayerFloor>> = {
  fp32: { brokenDb: 40, floorDb: 60, belowMedianDb: 30 },
  fp16: { brokenDb: 15, floorDb: 35, belowMedianDb: 20 },
  'fp16-storage': { brokenDb: 20, floorDb: 45, belowMedianDb: 20 },
  'fp16-weights': { brokenDb: 20, floorDb: 45, belowMedianDb: 20 },
  bf16: { brokenDb: 10, floorDb: 30, belowMedianDb: 18 },
  int8: { brokenDb: 3, floorDb: 15, belowMedianDb: 15 },
  int7: { brokenDb: 3, floorDb: 15, belowMedianDb: 15 },
  int6: { brokenDb: 3, floorDb: 14, belowMedianDb: 15 },
  int5: { brokenDb: 2, floorDb: 10, belowMedianDb: 15 },
  int4: { brokenDb: 0, floorDb: 6, belowMedianDb: 15 },
  int3: { brokenDb: -3, floorDb: 0, belowMedianDb: 15 },
  int2: { brokenDb: -6, floorDb: -3, belowMedianDb: 15 },
}
