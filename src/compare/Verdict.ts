import type { FailedParts } from './partRules.js'
import type { JudgedPrecision } from './passRules.js'
import type { Tolerance } from './Tolerance.js'

export interface Verdict {
  readonly pass: boolean
  /** Neither pass nor fail can be said: the candidate differs from itself by as much as from the reference. */
  readonly inconclusive?: true
  /** One line with the number that decided and what it was held against. */
  readonly reason: string
  /** Where parts of the output are worse than the precision allows, whatever the whole is. */
  readonly parts?: FailedParts
  /** What it was judged as. */
  readonly precision: JudgedPrecision
  /** The SQNR that it is held to. */
  readonly floorDb: number
  /** The highest floor, in steps of 0.1 dB, at which this output passes; null where it would at none. */
  readonly wouldPassAtDb: number | null
  /** The tolerance that would let it pass; null where none would. */
  readonly wouldPass: Tolerance | null
}
