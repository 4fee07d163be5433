import { formatDb, formatMs, formatNumber, paint, renderTable } from '../../report/index.js'
import { settingsLine } from '../output/settingsLine.js'
import type { ComparedCandidate, ComparedOutput, OutputVerdict, ReferenceSummary } from './Comparison.js'

/** What `twinfer compare` shows to a person. */
export function printComparison(
  reference: ReferenceSummary,
  candidates: readonly ComparedCandidate[],
): string {
  const { model, engine, effective } = reference
  const settings = effective ? settingsLine(engine, effective) : 'recorded output'
  return [`reference ${paint('bold', model)}`, `  ${settings}`, ...candidates.flatMap(candidateLines)].join(
    '\n',
  )
}

function candidateLines({
  model,
  engine,
  effective,
  timing,
  outputs,
  verdict,
  warnings,
}: ComparedCandidate): readonly string[] {
  return [
    '',
    `candidate ${paint('bold', model)}`,
    `  ${settingsLine(engine, effective)}, load ${formatMs(timing.loadMs)}, run ${formatMs(timing.runMs)}`,
    ...[...effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    outputTable(outputs),
    verdictLine(verdict),
  ]
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
  const word = 'inconclusive' in verdict ? paint('yellow', 'inconclusive') : paint('red', 'fail')
  return `${word}: ${verdict.reason}`
}
