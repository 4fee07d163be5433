import type { ComparedOutput } from '../../compare/outputs/ComparedOutput.js'
import type { PackNotice } from '../../pack/PackNotice.js'
import type { PackVerdict } from '../../pack/PackVerdict.js'
import { paint } from '../../report/index.js'
import { layerLines } from '../compare/layerLines.js'
import { outputTable } from '../output/outputTable.js'
import { settingsLine } from '../output/settingsLine.js'
import { toleranceLine } from '../output/toleranceLine.js'
import { verdictLine } from '../output/verdictLine.js'
import { overflowLines } from './overflowLines.js'

/** What `twinfer verify` shows to a person: what differs from the recorded run comes first. */
export function printVerdict(pack: string, result: PackVerdict, warnings: readonly string[]): string {
  const { run, notices, judgedAs, outputs, deployed, layers, overflow, verdict, number } = result
  const effective = { ...run.effective, engineVersion: run.versions.engine }
  return [
    `${paint('bold', run.model.path)} by ${paint('bold', pack)}`,
    ...notices.map(noticeLine),
    `  ${settingsLine(run.model.engine, effective)}`,
    ...(judgedAs?.because === undefined ? [] : [`  judged as ${judgedAs.precision}: ${judgedAs.because}`]),
    ...[...run.effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    ...outputLines(outputs),
    ...(deployed ? [outputTable(deployed.inputs, 'given input'), ...outputLines(deployed.outputs)] : []),
    ...(layers ? layerLines(layers, verdict) : []),
    ...overflowLines(overflow),
    ...(number === null ? [] : [paint('dim', `run ${number} of the pack`)]),
    verdictLine(verdict),
  ].join('\n')
}

function noticeLine({ severity, message }: PackNotice): string {
  return severity === 'warning' ? paint('yellow', `  warning: ${message}`) : `  ${message}`
}

function outputLines(outputs: readonly ComparedOutput[]): readonly string[] {
  return [
    outputTable(outputs),
    ...outputs.flatMap(({ name, verdict }) =>
      verdict.wouldPass ? [toleranceLine(name, verdict.wouldPass)] : [],
    ),
    ...outputs.flatMap(({ name, explanation }) => (explanation ? [`  ${name}: ${explanation.message}`] : [])),
  ]
}
