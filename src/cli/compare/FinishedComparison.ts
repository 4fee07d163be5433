import type { Judging } from '../../compare/outputs/Judging.js'
import type { RunOutputs } from '../models/RunnableModel.js'
import type { ComparedCandidate, ComparisonDocument } from './Comparison.js'
import type { Reference } from './obtainReference.js'

/** A candidate with what it computed, for whatever is made of the values after the verdict (reports, votes). */
export interface FinishedCandidate {
  readonly compared: ComparedCandidate
  /** Under the reference's names; those without a counterpart are left out. */
  readonly outputs: RunOutputs
  readonly judging: Judging
  /** Of all outputs, as the candidate calls them. */
  readonly names: readonly string[]
}

export interface FinishedComparison {
  readonly document: ComparisonDocument
  readonly reference: Reference
  readonly candidates: readonly FinishedCandidate[]
}
