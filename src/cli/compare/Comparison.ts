import type { Noise } from '../../compare/judge/noiseFloor.js'
import type { JudgedAs, JudgedPrecision } from '../../compare/judge/passRules.js'
import type { Vote } from '../../compare/judge/vote.js'
import type { LayersComparison } from '../../compare/layers/LayerComparison.js'
import type { ComparedOutput, OutputVerdict } from '../../compare/outputs/compareOutputs.js'
import type { OutputPair } from '../../compare/outputs/PartnerSearch.js'
import type { SampleRequest, SampleSource } from '../inputs/samples.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import type { EffectiveSettings } from '../models/openModel.js'
import type { ReportFiles } from '../reports/reportWriters.js'

export interface CompareRequest extends ModelOptions, ReportFiles, Omit<SampleRequest, 'inputShape'> {
  /** A model, or recorded outputs (.npy, .npz). */
  readonly reference: string
  readonly candidates: readonly string[]
  /** As `parseTolerances` reads them. */
  readonly tolerance?: readonly string[]
  /** `REFERENCE=CANDIDATE`: outputs, or inputs, that are the same. */
  readonly pair?: readonly string[]
  /** Judges every candidate as if it had run in this precision. */
  readonly judgeAs?: JudgedPrecision
  /** Compares layer by layer as well. */
  readonly layers?: boolean
  /** How often each candidate runs. */
  readonly repeat: number
}

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
  /** Of several inputs, of which the rest of the document is about the worst one; null for one that was given. */
  readonly samples: SamplesSummary | null
}

/** What came of many inputs. */
export interface SamplesSummary {
  readonly source: SampleSource
  readonly count: number
  /** Of random values. */
  readonly seed: number | null
  /** The name of the worst: one that fails before one that passes, and then the lowest SQNR. */
  readonly worst: string
  readonly candidates: readonly CandidateSamples[]
}

export interface CandidateSamples {
  readonly model: string
  /** The names of the samples that it fails on. */
  readonly failed: readonly string[]
  readonly outputs: readonly {
    readonly name: string
    /** Null where nothing could be measured. */
    readonly worst: { readonly sample: string; readonly sqnrDb: number | null }
    readonly medianDb: number | null
  }[]
}
