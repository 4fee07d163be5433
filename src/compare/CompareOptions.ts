export interface CompareOptions {
  /** The output's name in the result. Default: 'output'. */
  readonly name?: string | undefined
  /** Also measures how many of the k best classes agree. Default: not measured. */
  readonly topK?: number | undefined
  /**
   * The reference's dimension that holds class scores, negative from the end. Default: the last of [n] and
   * [N, n], the channels of [N, C, H, W], where there is more than one. Null: there is none.
   */
  readonly classAxis?: number | null | undefined
  /**
   * The largest |error| that precision and noise explain; see `explainedFlips`. Default: 4 times the root mean
   * square error of the whole output.
   */
  readonly explainedBy?: number | undefined
  /**
   * Also measures what tells causes apart: `sortedSqnrDb`, `channelFit` and the grids' `int8`. Takes several
   * times as long. Default: false.
   */
  readonly details?: boolean | undefined
  /** How many threads may measure a large output. Default: as many as the machine has. Never changes the result. */
  readonly threads?: number | undefined
}
