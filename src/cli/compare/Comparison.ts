import type { JudgedAs, LayersComparison, OutputPair, Vote } from '../../compare/index.js'
import type { ComparedOutput, OutputVerdict } from '../../compare/outputs/ComparedOutput.js'
import type { Noise } from '../../compare/outputs/Noise.js'
import type { EffectiveSettings } from '../models/RunnableModel.js'

export type { ComparedOutput, OutputVerdict }

export interface ComparedCandidate {
  readonly model: string
  readonly engine: string
  readonly effective: EffectiveSettings
  readonly timing: { readonly loadMs: number; readonly runMs: number }
  readonly noise: Noise
  /** Null where no rule is known for the precision that ran. */
  readonly judgedAs: JudgedAs | null
  /** Which of the reference's inputs each of its inputs got, and why. */
  readonly inputs: readonly OutputPair[]
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
  /** What was done to its inputs. */
  readonly warnings: readonly string[]
}

/** What `compare --json` prints. */
export interface ComparisonDocument {
  readonly pass: boolean
  readonly reference: ReferenceSummary
  readonly candidates: readonly ComparedCandidate[]
  /** Null for fewer than three runs. */
  readonly vote: Vote | null
}
