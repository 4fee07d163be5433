import { formatShape } from '../../../format/numbers.js'
import type { ReportedOutput } from '../../document/ReportedComparison.js'
import { verdictWord } from '../../document/verdictWord.js'
import { type Html, html } from '../html.js'
import { badge } from './badge.js'
import { name } from './name.js'
import { outputMetrics } from './outputMetrics.js'
import { table } from './table.js'

/** All metrics, one row an output. Columns in which no output has a number are left out. */
export function outputTable(outputs: readonly ReportedOutput[]): Html {
  const metrics = outputMetrics.filter(({ show }) => outputs.some((output) => show(output) !== 'n/a'))
  const columns = [
    { title: 'output' },
    { title: 'verdict' },
    { title: 'shape', kind: 'shape' as const },
    ...metrics.map(({ title }) => ({ title, kind: 'number' as const })),
  ]
  const rows = outputs.map((output) => [
    nameOf(output),
    badge(verdictWord(output.verdict)),
    output.shape ? formatShape(output.shape) : 'n/a',
    ...metrics.map(({ show }) => show(output)),
  ])
  return table('Metrics of each output', columns, rows)
}

function nameOf({ name: reference, candidateName }: ReportedOutput): Html {
  return candidateName === undefined ? name(reference) : html`${name(reference)} = ${name(candidateName)}`
}
