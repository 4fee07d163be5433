import type { OutputComparison, Verdict } from '../../compare/index.js'
import type { EffectiveSettings } from '../models/RunnableModel.js'

/** One output of a candidate. The measurements are absent where there was nothing to measure. */
export type ComparedOutput = Partial<OutputComparison> & {
  readonly name: string
  /** What the candidate calls it, where that is another name. */
  readonly candidateName?: string
  readonly verdict: OutputVerdict
}

/** Inconclusive: nobody can say which rule holds for the precision that ran. */
export type OutputVerdict =
  | Verdict
  | { readonly pass: false; readonly inconclusive?: true; readonly reason: string }

export interface ComparedCandidate {
  readonly model: string
  readonly engine: string
  readonly effective: EffectiveSettings
  readonly timing: { readonly loadMs: number; readonly runMs: number }
  readonly outputs: readonly ComparedOutput[]
  readonly verdict: OutputVerdict
  readonly warnings: readonly string[]
}

export interface ReferenceSummary {
  readonly model: string
  /** `npy` for a recorded output. */
  readonly engine: string
  readonly effective: EffectiveSettings | null
}
