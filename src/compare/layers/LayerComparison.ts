import type { BlobStatistics } from '../../trace/LayerTracer.js'

/** How far a blob is from the reference's. */
export interface LayerError {
  /** Null where it must never pass: a NaN or Infinity on one side only. */
  readonly sqnrDb: number | null
  readonly cosine: number | null
  readonly maxAbs: number
}

/** One layer of the candidate beside the reference's tensor that it should equal. */
export interface LayerComparison {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly blob: string
  readonly shape: readonly number[]
  /** The reference's tensor, found by order, shape and value; null where there is none (a fused or added one). */
  readonly reference: string | null
  readonly ms: number | null
  /** As it ran, with the errors of all layers above it. */
  readonly accumulated: LayerError | null
  /** With the reference's inputs: this layer's alone. */
  readonly own: LayerError | null
  readonly statistics: BlobStatistics
}

/** Where a candidate leaves its reference. */
export interface Divergence {
  /** Index into `layers`. */
  readonly index: number
  readonly name: string
  readonly type: string
  readonly blob: string
  /**
   * What is wrong: the layer as a whole, a few of its channels; no layer in particular, but many lose what a lower
   * precision than fp32 loses (`spread`); or the layers are right and the model was given another input (`input`).
   * The last two name the first layer where it shows.
   */
  readonly damage: 'whole-layer' | 'few-channels' | 'spread' | 'input'
  /** The channels that are off, where they are few. */
  readonly channels?: readonly number[]
  /** One sentence with the numbers that decided. */
  readonly reason: string
}

export interface LayersComparison {
  /** In the candidate's order. */
  readonly layers: readonly LayerComparison[]
  /** Null where no layer is worse than its precision allows, and that precision is fp32's. */
  readonly firstDivergence: Divergence | null
  readonly matched: number
  readonly unmatched: number
}
