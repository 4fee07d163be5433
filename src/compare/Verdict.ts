export interface Verdict {
  readonly pass: boolean
  /** One line with the number that decided and what it was held against. */
  readonly reason: string
  /** The SQNR that this precision is held to. */
  readonly floorDb: number
  /** The highest floor, in steps of 0.1 dB, at which this output passes; null where it would at none. */
  readonly wouldPassAtDb: number | null
}
