/** See the fields of the same names in OutputComparison. */
export interface ArgmaxComparison {
  readonly argmaxCount: number
  readonly argmaxFlips: number
  readonly explainedFlips: number
}
