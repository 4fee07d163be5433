import { naming } from '../../errors/naming.js'
import { progress } from '../../format/progress.js'
import type { GivenInput } from '../inputs/assignInputs.js'
import type { InputSample, InputSamples } from '../inputs/samples.js'
import type { CandidateSamples, ComparedCandidate, CompareRequest, SamplesSummary } from './Comparison.js'
import type { FinishedCandidate } from './printComparison.js'

type CompareOn = (inputs: readonly GivenInput[], how: CompareRequest) => Promise<ComparedOn>

interface ComparedOn {
  readonly candidates: readonly FinishedCandidate[]
}

/** What came of one sample, for each candidate. */
export interface SurveyedSample {
  readonly sample: InputSample
  readonly candidates: readonly ComparedCandidate[]
}

/**
 * Compares on every sample, one run each and without layers; the worst is then compared again with all that was asked
 * for. One sample needs no survey: it is the worst.
 */
export async function surveySamples(
  samples: readonly InputSample[],
  request: CompareRequest,
  compareOn: CompareOn,
): Promise<readonly SurveyedSample[]> {
  if (samples.length === 1) return [{ sample: samples[0]!, candidates: [] }]
  const how = { ...request, layers: false, repeat: 1 }
  const surveyed: SurveyedSample[] = []
  for (const [at, sample] of samples.entries()) {
    progress(`comparing ${sample.name}`, { done: at, total: samples.length })
    const compared = await naming(sample.name, async () => compareOn(await sample.read(), how))
    surveyed.push(surveyedSample(sample, compared))
  }
  return surveyed
}

export function surveyedSample(sample: InputSample, { candidates }: ComparedOn): SurveyedSample {
  return { sample, candidates: candidates.map(({ compared }) => compared) }
}

export function worstOf(surveyed: readonly SurveyedSample[]): InputSample {
  return surveyed.reduce((a, b) => (severity(b) > severity(a) ? b : a)).sample
}

/** Null for the one input that was given. */
export function summariseSamples(
  { source, seed, samples }: InputSamples,
  worst: InputSample,
  surveyed: readonly SurveyedSample[],
): SamplesSummary | null {
  if (source === 'given') return null
  return {
    source,
    count: samples.length,
    seed,
    worst: worst.name,
    candidates: surveyed[0]!.candidates.map((_, at) => summarise(surveyed, at)),
  }
}

/** A failure over what is inconclusive over a pass; within the same, the lower SQNR. */
function severity({ candidates }: SurveyedSample): number {
  const ranks = candidates.map(({ verdict, outputs }) => {
    const rank = verdict.pass ? 0 : verdict.inconclusive ? 1 : 2
    return rank * 10_000 - Math.min(...outputs.map(({ sqnrDb }) => sqnrDb ?? -1000))
  })
  return Math.max(...ranks)
}

function summarise(surveyed: readonly SurveyedSample[], at: number): CandidateSamples {
  const own = surveyed.map(({ sample, candidates }) => ({ name: sample.name, compared: candidates[at]! }))
  const { model, outputs } = own[0]!.compared
  return {
    model,
    failed: own.flatMap(({ name, compared }) => (compared.verdict.pass ? [] : [name])),
    outputs: outputs.map(({ name }) => {
      const measured = own.map(({ name: sample, compared }) => {
        const { sqnrDb = null } = compared.outputs.find((output) => output.name === name) ?? {}
        return { sample, sqnrDb }
      })
      const sorted = measured.toSorted((a, b) => (a.sqnrDb ?? -1000) - (b.sqnrDb ?? -1000))
      return { name, worst: sorted[0]!, medianDb: medianOf(sorted.map(({ sqnrDb }) => sqnrDb)) }
    }),
  }
}

/** Of sorted values: the middle one, or the mean of the two that are. */
function medianOf(sorted: readonly (number | null)[]): number | null {
  const half = sorted.length / 2
  const [below, above] = [sorted[Math.ceil(half) - 1]!, sorted[Math.floor(half)]!]
  return below === null || above === null ? null : (below + above) / 2
}

/** One that passes on the sample that is shown, and not on all, does not pass. */
export function failElsewhere(
  compared: ComparedCandidate,
  samples: SamplesSummary | null,
  at: number,
): ComparedCandidate {
  const failed = samples?.candidates[at]?.failed ?? []
  if (failed.length === 0 || !compared.verdict.pass) return compared
  const reason = `it passes on ${samples!.worst}, and fails on ${failed.length} of ${samples!.count} inputs: ${failed.slice(0, 3).join(', ')}`
  return { ...compared, verdict: { pass: false, reason } }
}

/** What the numbers below it are about. */
export function sampleNote({ source, count, seed, worst }: SamplesSummary): string {
  const values = source === 'random' ? `random values (seed ${seed})` : ''
  if (count === 1) {
    return source === 'random'
      ? `no input is given: these are ${values}, which are like no real input; -i gives one`
      : `the input is ${worst}`
  }
  const inputs = source === 'images' ? 'pictures' : 'inputs'
  return `the worst of ${count} ${inputs}${values && ` of ${values}`}: ${worst}`
}
