import type { JudgedAs } from '../../compare/judgedPrecision.js'
import type { LayersComparison } from '../../compare/layers/LayerComparison.js'
import type { OutputComparison } from '../../compare/OutputComparison.js'
import type { FailedParts } from '../../compare/partRules.js'
import type { Tolerance } from '../../compare/Tolerance.js'
import type { Vote } from '../../compare/vote.js'

/** What `twinfer compare --json` prints, as far as reports read it. */
export interface ReportedComparison {
  readonly reference: ReportedModel
  readonly candidates: readonly ReportedCandidate[]
  /** With three runs or more: who is the odd one out. */
  readonly vote?: Vote | null
}

export interface ReportedModel {
  readonly model: string
  /** The whole path, where `model` is only its end. */
  readonly path?: string
  /** `ncnn`, `mnn`, `onnx`, or what kind of recording it is. */
  readonly engine: string
  /** Null for recorded outputs, which nobody ran here. */
  readonly effective: ReportedSettings | null
}

/** The settings that really held. Whatever else an engine says about itself is printed too. */
export interface ReportedSettings {
  readonly engineVersion: string
  readonly precision: string
  readonly notes: readonly string[]
}

export interface ReportedCandidate extends ReportedModel {
  readonly effective: ReportedSettings
  /** Absent where the run was recorded without it. */
  readonly timing?: { readonly loadMs: number; readonly runMs: number }
  readonly noise?: { readonly runs: number; readonly deterministic: boolean }
  readonly judgedAs?: JudgedAs | null
  readonly outputs: readonly ReportedOutput[]
  readonly verdict: ReportedVerdict
  readonly warnings: readonly string[]
  readonly layers?: LayersComparison
}

/** The measurements are absent where there was nothing to measure. */
export type ReportedOutput = Partial<OutputComparison> & {
  readonly name: string
  readonly candidateName?: string
  readonly verdict: ReportedVerdict
}

export interface ReportedVerdict {
  readonly pass: boolean
  /** Only where it did not pass, and nobody can say that it failed. */
  readonly inconclusive?: true
  readonly reason: string
  readonly floorDb?: number
  readonly wouldPassAtDb?: number | null
  readonly wouldPass?: Tolerance | null
  readonly parts?: FailedParts
}
