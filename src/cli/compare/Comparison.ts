import type {
  Explanation,
  JudgedAs,
  LayersComparison,
  OutputComparison,
  Verdict,
  Vote,
} from '../../compare/index.js'
import type { EffectiveSettings } from '../models/RunnableModel.js'

/** One output of a candidate. The measurements are absent where there was nothing to measure. */
export type ComparedOutput = Partial<OutputComparison> & {
  readonly name: string
  /** What the candidate calls it, where that is another name. */
  readonly candidateName?: string
  /** What the numbers look like, where the verdict is no pass; null: they tell nothing. */
  readonly explanation?: Explanation | null
  readonly verdict: OutputVerdict
}

/** The short form where nothing was measured, or nobody can say which rule holds for the precision that ran. */
export type OutputVerdict =
  | Verdict
  | { readonly pass: false; readonly inconclusive?: true; readonly reason: string; readonly wouldPass?: null }

/** How far repeated runs of a candidate are from each other. */
export interface Noise {
  readonly runs: number
  readonly deterministic: boolean
  /** The least SQNR between the first and any other run, in dB; IDENTICAL_DB where they agree bit for bit. */
  readonly outputs: readonly { readonly name: string; readonly sqnrDb: number }[]
}

export interface ComparedCandidate {
  readonly model: string
  readonly engine: string
  readonly effective: EffectiveSettings
  readonly timing: { readonly loadMs: number; readonly runMs: number }
  readonly noise: Noise
  /** Null where no rule is known for the precision that ran. */
  readonly judgedAs: JudgedAs | null
  readonly outputs: readonly ComparedOutput[]
  /** Only with --layers. */
  readonly layers?: LayersComparison
  readonly verdict: OutputVerdict
  readonly warnings: readonly string[]
}

export interface ReferenceSummary {
  readonly model: string
  /** `npy` or `npz` for recorded outputs. */
  readonly engine: string
  readonly effective: EffectiveSettings | null
}

/** What `compare --json` prints. */
export interface ComparisonDocument {
  readonly pass: boolean
  readonly reference: ReferenceSummary
  readonly candidates: readonly ComparedCandidate[]
  /** Null for fewer than three runs. */
  readonly vote: Vote | null
}
