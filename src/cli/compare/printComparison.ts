import { IDENTICAL_DB } from '../../compare/index.js'
import { formatDb } from '../../format/decibels.js'
import { formatMs } from '../../format/numbers.js'
import { paint } from '../../report/index.js'
import { outputTable } from '../output/outputTable.js'
import { settingsLine } from '../output/settingsLine.js'
import { toleranceLine } from '../output/toleranceLine.js'
import { verdictLine } from '../output/verdictLine.js'
import type { ComparedCandidate, ComparedOutput, ComparisonDocument } from './Comparison.js'
import { layerLines } from './layerLines.js'

/** What `twinfer compare` shows to a person. */
export function printComparison({ reference, candidates, vote }: ComparisonDocument): string {
  const { model, engine, effective, warnings } = reference
  const settings = effective ? settingsLine(engine, effective) : 'recorded outputs'
  return [
    `reference ${paint('bold', model)}`,
    `  ${settings}`,
    ...[...(effective?.notes ?? []), ...warnings].map(noteLine),
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
      verdict.wouldPass ? [toleranceLine(name, verdict.wouldPass)] : [],
    ),
    ...(candidate.layers ? layerLines(candidate.layers, verdict) : []),
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

function explanationLine({ name, explanation }: ComparedOutput): readonly string[] {
  return explanation ? [`  ${name}: ${explanation.message}`] : []
}
