import type { Cause, Rejected } from './Cause.js'

/** What one rung of the ladder found. */
export interface Findings {
  /** What the evidence supports, best first; several can hold at once. */
  readonly causes: readonly Cause[]
  readonly rejected: readonly Rejected[]
  /** What one more file or option would decide, in whole sentences; empty where nothing is open. */
  readonly missing: readonly string[]
}

export const nothing: Findings = { causes: [], rejected: [], missing: [] }
