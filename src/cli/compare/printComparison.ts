import { IDENTICAL_DB, type Tolerance } from '../../compare/index.js'
import { formatDb, formatMs, formatNumber, paint, renderTable, toleranceOption } from '../../report/index.js'
import { settingsLine } from '../output/settingsLine.js'
import type { ComparedCandidate, ComparedOutput, ComparisonDocument, OutputVerdict } from './Comparison.js'
import { layerLines } from './layerLines.js'

/** What `twinfer compare` shows to a person. */
export function printComparison({ reference, candidates, vote }: ComparisonDocument): string {
  const { model, engine, effective } = reference
  const settings = effective ? settingsLine(engine, effective) : 'recorded outputs'
  return [
    `reference ${paint('bold', model)}`,
    `  ${settings}`,
    ...(effective?.notes ?? []).map(noteLine),
    ...candidates.flatMap(candidateLines),
    ...(vote ? ['', `vote: ${vote.message}`] : []),
  ].join('\n')
}

function candidateLines(candidate: ComparedCandidate): readonly string[] {
  const { model, engine, effective, timing, outputs, verdict, warnings } = candidate
  return [
    '',
    `candidate ${paint('bold', model)}`,
    `  ${settingsLine(engine, effective)}, load ${formatMs(timing.loadMs)}, run ${formatMs(timing.runMs)}`,
    ...noiseLines(candidate),
    ...[...effective.notes, ...warnings, ...judgedNotes(candidate)].map(noteLine),
    outputTable(outputs),
    ...outputs.flatMap(({ name, verdict }) =>
      verdict.wouldPass ? [wouldPassLine(name, verdict.wouldPass)] : [],
    ),
    ...(candidate.layers ? layerLines(candidate.layers) : []),
    verdictLine(verdict),
    ...outputs.flatMap(explanationLine),
  ]
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

function wouldPassLine(name: string, tolerance: Tolerance): string {
  return paint('dim', `  would pass: ${toleranceOption(name, tolerance)}`)
}

function explanationLine({ name, explanation }: ComparedOutput): readonly string[] {
  return explanation ? [`  ${name}: ${explanation.message}`] : []
}

function outputTable(outputs: readonly ComparedOutput[]): string {
  const numbers = ['SQNR', 'cosine', 'max abs', 'max rel', 'rmse', 'NaN', 'Inf', 'argmax flips']
  return renderTable(
    [{ title: 'output' }, ...numbers.map((title) => ({ title, align: 'right' as const }))],
    outputs.map((output) => [
      output.candidateName ? `${output.name} = ${output.candidateName}` : output.name,
      formatDb(output.sqnrDb ?? null),
      output.cosine?.toFixed(7) ?? 'n/a',
      ...[output.maxAbs, output.maxRel, output.rmse, output.nan, output.inf].map(formatNumber),
      flips(output),
    ]),
  )
}

function flips({ argmaxFlips = 0, explainedFlips = 0, argmaxCount = 0 }: ComparedOutput): string {
  if (argmaxCount === 0) return '-'
  const explained = argmaxFlips > 0 ? ` (${explainedFlips} explained)` : ''
  return `${argmaxFlips} of ${argmaxCount}${explained}`
}

function verdictLine(verdict: OutputVerdict): string {
  if (verdict.pass) return `${paint('green', 'pass')}: ${verdict.reason}`
  const word = verdict.inconclusive ? paint('yellow', 'inconclusive') : paint('red', 'fail')
  return `${word}: ${verdict.reason}`
}
