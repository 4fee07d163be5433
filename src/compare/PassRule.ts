/** What an output must reach. */
export interface PassRule {
  /** Least SQNR in dB. */
  readonly floorDb: number
  /** Whether the floor itself must be reached, or is only what the other numbers amount to. */
  readonly isFloorBinding: boolean
  /** Passes below the floor too where max |error| <= this * max |reference|. */
  readonly orMaxAbsShare?: number
  readonly leastCosine?: number
  readonly mostAbs?: number
  readonly mostRel?: number
  /** Least share of positions whose best class agrees. */
  readonly leastTop1Share?: number
  /** Largest share of labels that ties may turn over, where it is not that of most precisions. */
  readonly mostLabelFlips?: number
  /** Flips that the error does not explain are left to `leastTop1Share`. */
  readonly allowsUnexplainedFlips?: boolean
}
