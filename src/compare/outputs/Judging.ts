import type { JudgeContext } from '../JudgeContext.js'
import type { JudgedAs } from '../judgedPrecision.js'

/** What decides whether an output passes. */
export interface Judging {
  /** Null where no rule is known for what ran. */
  readonly judgedAs: JudgedAs | null
  /** The precision that ran. */
  readonly ran: string
  readonly context: JudgeContext
}
