import type { Tolerance } from '../compare/judge/parseTolerances.js'
import type { FailedParts } from '../compare/judge/partRules.js'
import type { JudgedAs } from '../compare/judge/passRules.js'
import { distinctTails, type Vote } from '../compare/judge/vote.js'
import type { LayersComparison } from '../compare/layers/LayerComparison.js'
import type { OutputComparison } from '../compare/measure/OutputComparison.js'
import { shellWord } from '../format/shellWord.js'

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
interface ReportedSettings {
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

/** How many best classes, or labels, are others; undefined where an output has none. */
export function flipsOf({
  argmaxFlips = 0,
  explainedFlips = 0,
  argmaxCount = 0,
  labels,
}: Partial<OutputComparison>): string | undefined {
  if (labels) return `${labels.differing} of ${labels.count} labels`
  if (argmaxCount === 0) return undefined
  const explained = argmaxFlips > 0 ? ` (${explainedFlips} explained)` : ''
  return `${argmaxFlips} of ${argmaxCount}${explained}`
}

export type VerdictWord = 'pass' | 'fail' | 'inconclusive'

export function verdictWord({ pass, inconclusive }: ReportedVerdict): VerdictWord {
  if (pass) return 'pass'
  return inconclusive ? 'inconclusive' : 'fail'
}

/** As the exit code says it: failed if any candidate failed, else inconclusive if any is. */
export function overallVerdict(candidates: readonly ReportedCandidate[]): VerdictWord {
  const words = candidates.map(({ verdict }) => verdictWord(verdict))
  if (words.includes('fail')) return 'fail'
  return words.includes('inconclusive') ? 'inconclusive' : 'pass'
}

/** A comparison whose models go by as much of their paths as tells them apart; the whole ones are in `path`. */
export function shortenPaths(comparison: ReportedComparison): ReportedComparison {
  const { reference, candidates, vote } = comparison
  const tails = distinctTails([reference, ...candidates].map(({ model }) => model))
  const shorten = <Model extends ReportedModel>(one: Model): Model => ({
    ...one,
    model: tails.get(one.model)!,
    path: one.model,
  })
  const short = (name: string) => tails.get(name) ?? name
  return {
    reference: shorten(reference),
    candidates: candidates.map(shorten),
    ...(vote && {
      vote: { ...vote, pairs: vote.pairs.map((pair) => ({ ...pair, a: short(pair.a), b: short(pair.b) })) },
    }),
  }
}

/** The option that sets a tolerance for an output, to be pasted into the next call. */
export function toleranceOption(output: string, tolerance: Tolerance): string {
  return `--tolerance ${shellWord(`${output}:${limitsOf(tolerance)}`)}`
}

/** `sqnr=60,top1=1` */
export function limitsOf(tolerance: Tolerance): string {
  return Object.entries(tolerance)
    .map(([key, limit]) => `${key}=${limit}`)
    .join(',')
}
