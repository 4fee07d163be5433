/**
 * A part of an output: all of its elements at one index of one dimension, such as a channel, a row, a score of every
 * box. Its numbers are relative to its own values, not to those of the whole output.
 */
export interface PartError {
  /** The dimension of `OutputComparison.shape` and the index in it. */
  readonly axis: number
  readonly index: number
  /** Number of finite pairs in it. */
  readonly elements: number
  /** Of this part alone. */
  readonly sqnrDb: number
  /** Its candidate's values are this many times the reference's, by least squares: 0 for a part that is lost. */
  readonly gain: number
  /**
   * How much its candidate's values vary with the reference's, by least squares with an offset: 0 for a part that is
   * constant or belongs to something else, however near its mean is. Only where that differs from 1 by more than chance.
   */
  readonly slope?: number
  /** Largest |error| and |reference| in it. */
  readonly maxAbs: number
  readonly referenceMaxAbs: number
  /** Its mean power as a share of the whole output's: far below 1 for a part with a small scale. */
  readonly powerShare: number
}

/** Parts that stand out, the worst first, at most 16 of each kind. Which of them fail is for the precision to say. */
export interface PartErrors {
  /** Their gain differs from 1 by more than chance: their scale is wrong, or they are lost. */
  readonly scaled: readonly PartError[]
  /** Their slope differs from 1 by more than chance: they do not follow the reference, though their mean may. */
  readonly garbled: readonly PartError[]
  /** Their error is far above that of parts of a similar scale. */
  readonly outlying: readonly PartError[]
  /** How many parts were looked at. */
  readonly count: number
}
