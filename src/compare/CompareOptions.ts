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
}
