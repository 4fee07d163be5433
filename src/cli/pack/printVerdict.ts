import type { PackNotice } from '../../pack/PackNotice.js'
import type { PackVerdict } from '../../pack/PackVerdict.js'
import { formatDb, formatNumber, paint, renderTable } from '../../report/index.js'
import type { ComparedOutput, OutputVerdict } from '../compare/Comparison.js'
import { settingsLine } from '../output/settingsLine.js'
import { overflowLines } from './overflowLines.js'

/** What `twinfer verify` shows to a person: what differs from the recorded run comes first. */
export function printVerdict(pack: string, result: PackVerdict, warnings: readonly string[]): string {
  const { run, notices, judgedAs, outputs, deployed, layers, overflow, verdict, number } = result
  const effective = { ...run.effective, engineVersion: run.versions.engine }
  const divergence = layers?.firstDivergence
  return [
    `${paint('bold', run.model.path)} by ${paint('bold', pack)}`,
    ...notices.map(noticeLine),
    `  ${settingsLine(run.model.engine, effective)}`,
    ...(judgedAs?.because === undefined ? [] : [`  judged as ${judgedAs.precision}: ${judgedAs.because}`]),
    ...[...run.effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    outputTable('output', outputs),
    ...(deployed
      ? [outputTable('given input', deployed.inputs), outputTable('its output', deployed.outputs)]
      : []),
    ...(divergence
      ? [`first layer that is off: ${divergence.name} (${divergence.type}): ${divergence.reason}`]
      : []),
    ...overflowLines(overflow),
    ...(number === null ? [] : [paint('dim', `run ${number} of the pack`)]),
    verdictLine(verdict),
  ].join('\n')
}

function noticeLine({ severity, message }: PackNotice): string {
  return severity === 'warning' ? paint('yellow', `  warning: ${message}`) : `  ${message}`
}

function outputTable(title: string, outputs: readonly ComparedOutput[]): string {
  const numbers = ['SQNR', 'cosine', 'max abs', 'NaN', 'Inf'].map((name) => ({
    title: name,
    align: 'right' as const,
  }))
  return renderTable(
    [{ title }, ...numbers, { title: 'verdict' }],
    outputs.map(({ name, sqnrDb = null, cosine, maxAbs, nan, inf, verdict }) => [
      name,
      formatDb(sqnrDb),
      cosine?.toFixed(7) ?? 'n/a',
      ...[maxAbs, nan, inf].map(formatNumber),
      verdict.pass ? 'pass' : verdict.reason,
    ]),
  )
}

function verdictLine(verdict: OutputVerdict): string {
  if (verdict.pass) return `${paint('green', 'pass')}: ${verdict.reason}`
  const word = verdict.inconclusive ? paint('yellow', 'inconclusive') : paint('red', 'fail')
  return `${word}: ${verdict.reason}`
}
