/** One blob (tensor) that a layer computed in a traced run, in the order of execution. */
export interface TracedLayer {
  /** Position in the trace, from 0. */
  readonly index: number
  /** The layer's (operator's) name and type, in the engine's words. */
  readonly name: string
  readonly type: string
  /** The blob's own name; matching never rests on it, because converters rename. */
  readonly blob: string
  readonly shape: readonly number[]
  /**
   * Milliseconds of the layer inside a run of the whole model that shows nothing, so that the layers add up to such
   * a run: measured in runs of their own when first asked for. A layer with several blobs has them at the first,
   * what MNN does between two shown layers counts for the second. null where layers cannot be told apart: on a
   * GPU, in onnxruntime and in a recording.
   */
  readonly ms: number | null
  /** Computed when first asked for, which keeps the blob in memory until then: ask during the visit. */
  readonly statistics: BlobStatistics
}

/** Over the finite values; null where there are none. */
export interface BlobStatistics {
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
  /** Largest magnitude: what decides whether the blob can be stored in fp16. */
  readonly maxAbs: number
  readonly nan: number
  readonly inf: number
  /** `overflow`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values overflows. */
  readonly fp16: 'fits' | 'risk' | 'overflow'
}
