import type { LayersComparison } from '../../compare/layers/LayerComparison.js'
import type { ComparedOutput, Judging } from '../../compare/outputs/compareOutputs.js'
import { extractCommand } from '../../diagnose/extract/extractCommand.js'
import { formatDb, formatMs, formatNumber, IDENTICAL_DB } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'
import type { RunOutputs } from '../models/openModel.js'
import { layerLines } from '../output/layerLines.js'
import { outputTable, settingsLine, toleranceLine, verdictLine } from '../output/lines.js'
import type { ComparedCandidate, ComparisonDocument, SamplesSummary } from './Comparison.js'
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

/** What `twinfer compare` shows to a person. */
export function printComparison({ reference, candidates, vote, samples }: ComparisonDocument): string {
  const { model, engine, effective, warnings } = reference
  const settings = effective ? settingsLine(engine, effective) : 'recorded outputs'
  return linesOf([
    `reference ${paint('bold', model)}`,
    `  ${settings}`,
    ...[...(effective?.notes ?? []), ...warnings].map(noteLine),
    ...(samples && samples.count > 1 ? ['', samplesTable(samples)] : []),
    ...candidates.flatMap((candidate) => candidateLines(candidate, model)),
    ...(vote ? ['', `vote: ${vote.message}`] : []),
  ])
}

function samplesTable({ count, candidates }: SamplesSummary): string {
  const columns = [
    { title: 'candidate' },
    { title: 'output' },
    { title: 'worst dB', align: 'right' as const },
    { title: 'of' },
    { title: 'median dB', align: 'right' as const },
    { title: 'failed', align: 'right' as const },
  ]
  const db = (value: number | null) => (value === null ? '-' : formatNumber(value))
  const rows = candidates.flatMap(({ model, outputs, failed }) =>
    outputs.map(({ name, worst, medianDb }) => [
      model,
      name,
      db(worst.sqnrDb),
      worst.sample,
      db(medianDb),
      `${failed.length} of ${count}`,
    ]),
  )
  return renderTable(columns, rows)
}

function candidateLines(candidate: ComparedCandidate, reference: string): readonly string[] {
  const { model, engine, effective, timing, outputs, verdict, warnings } = candidate
  return [
    '',
    `candidate ${paint('bold', model)}`,
    `  ${settingsLine(engine, effective)}, load ${formatMs(timing.loadMs)}, run ${formatMs(timing.runMs)}`,
    ...noiseLines(candidate),
    ...[...effective.notes, ...warnings, ...judgedNotes(candidate)].map(noteLine),
    outputTable(outputs),
    ...outputs.flatMap(({ name, verdict }) =>
      verdict.wouldPass ? [toleranceLine(name, verdict.wouldPass)] : [],
    ),
    ...(candidate.layers ? layerLines(candidate.layers, verdict) : []),
    ...(candidate.layers ? cutLines(model, reference, candidate.layers) : []),
    verdictLine(verdict),
    ...outputs.flatMap(explanationLine),
  ]
}

/** Of a layer that is wrong by itself: what its engine's maintainers ask for first. */
function cutLines(
  model: string,
  reference: string,
  { firstDivergence, layers }: LayersComparison,
): readonly string[] {
  if (!firstDivergence || !/whole-layer|few-channels/.test(firstDivergence.damage)) return []
  const command = extractCommand(model, firstDivergence, layers, { name: reference, isPack: false })
  return [paint('dim', `  cut it out: ${command}`)]
}

const noteLine = (note: string) => paint('yellow', `  note: ${note}`)

/** Before anything else: numbers of a model that differs from itself are to be read with care. */
function noiseLines({ noise }: ComparedCandidate): readonly string[] {
  if (noise.deterministic) return []
  const floors = noise.outputs
    .filter(({ sqnrDb }) => sqnrDb < IDENTICAL_DB)
    .map(({ name, sqnrDb }) => `${name} ${formatDb(sqnrDb)}`)
  return [
    paint('red', `  not deterministic: ${noise.runs} runs on the same input differ (${floors.join(', ')})`),
  ]
}

function judgedNotes({ judgedAs, effective }: ComparedCandidate): readonly string[] {
  if (!judgedAs?.because || judgedAs.precision === effective.precision) return []
  return [`judged as ${judgedAs.precision}, not ${effective.precision}: ${judgedAs.because}`]
}

function explanationLine({ name, explanation }: ComparedOutput): readonly string[] {
  return explanation ? [`  ${name}: ${explanation.message}`] : []
}
