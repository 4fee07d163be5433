import type { Tolerance } from './Tolerance.js'

/** What is known about the network that computed an output. All of it is optional: without, the limits are wider. */
export interface JudgeContext {
  /** Layers with weights on the longest way from an input to an output. */
  readonly depth?: number | undefined
  /** Terms of the longest sum of products: input channels times kernel size. */
  readonly longestDot?: number | undefined
  /** GELUs that the engine computes by another formula than the original's. */
  readonly approximated?: number | undefined
  /** SQNR between two runs of the candidate on the same input, in dB; undefined where it was not measured. */
  readonly noiseFloorDb?: number | undefined
  /** In place of the precision's limits. */
  readonly tolerance?: Tolerance | undefined
}
