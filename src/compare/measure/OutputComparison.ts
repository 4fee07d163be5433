import type { LabelComparison } from './labels.js'
import type { ChannelFit } from './measureExtras.js'
import type { MetricValues } from './outputMetrics.js'
import type { PartErrors } from './PartReader.js'

/** The element with the largest error; the first one of which only one side is a finite number, if any. */
export interface WorstElement {
  /** Position in C order. */
  readonly index: number
  /** The same as a multi-index into `OutputComparison.shape`. */
  readonly coordinate: readonly number[]
  readonly reference: number
  readonly value: number
}

/**
 * All that was measured about one output, in the CLI's JSON form (NaN and Infinity become null there). Error
 * means candidate - reference, over the positions where both are finite; NaN facing NaN and an infinity facing
 * the same one agree.
 */
export interface OutputComparison extends MetricValues {
  readonly name: string
  /** The reference's. */
  readonly shape: readonly number[]
  readonly elements: number
  /** Only where the output holds labels: they are counted, and all amounts below say nothing. */
  readonly labels?: LabelComparison
  /** Null where nothing differs. */
  readonly worst: WorstElement | null
  /** No argmax flips; null where the output has no class axis. */
  readonly top1Agree: boolean | null
  /** Number of positions where another class has the highest score. */
  readonly argmaxFlips: number
  /**
   * Those where the reference's margin (best - second best score) is at most twice the error that precision and
   * noise explain: `explainedBy`, by default 4 times the rmse. NaN or Infinity on one side explains nothing.
   */
  readonly explainedFlips: number
  /** Number of positions: 1 for a classifier, H * W for a segmentation map, 0 without a class axis. */
  readonly argmaxCount: number
  /** Only where `topK` was asked for: share of the reference's best k classes among the candidate's best k. */
  readonly topKOverlap?: number | null
  /** Null where one side is not float32. */
  readonly ulp: UlpHistogram | null
  /**
   * Parts with a scale of their own (channels, rows, columns) that stand out; null where nothing could be compared.
   * Absent from comparisons of version 0.2 and older.
   */
  readonly parts?: PartErrors | null
  /** Which precision the values passed through, by the grid that they lie on. */
  readonly referenceGrid: GridShare
  readonly candidateGrid: GridShare
  /** Only with `details`, as is channelFit. SQNR of both sides' sorted values: high where elementwise SQNR is low means moved elements. */
  readonly sortedSqnrDb?: number | null
  readonly channelFit?: ChannelFit | null
}

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

/**
 * Elements by their distance in units in the last place (ULP) of float32: how many float32 numbers lie between
 * the two, plus one. Positions where one side is not finite are left out; of more than 2^20 elements, those of
 * evenly spaced blocks that hold about as many are counted.
 */
export interface UlpHistogram {
  /** Lower edges of the bins: 0 (equal), 1, 2, 4, 8 … 2^30. A bin ends where the next one begins. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}
