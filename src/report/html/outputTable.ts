import { type MetricValues, metricKeys, outputMetrics } from '../../compare/measure/outputMetrics.js'
import { formatDb, formatShape } from '../../format/numbers.js'
import { flipsOf, type ReportedOutput, verdictWord } from '../ReportedComparison.js'
import { badge, type Html, html, name, table } from './html.js'

interface MetricColumn {
  readonly title: string
  /** What the number means, for the glossary. */
  readonly meaning: string
  readonly show: (output: ReportedOutput) => string
}

/** The columns of the output table: what was measured, and between it what was made of that. */
export const metricColumns: readonly MetricColumn[] = [
  columnOf('sqnrDb'),
  {
    title: 'needed',
    meaning: 'The SQNR that the precision which ran is held to.',
    show: ({ verdict }) => formatDb(verdict.floorDb),
  },
  {
    title: 'would pass at',
    meaning: 'The highest SQNR that could be asked for and would pass. n/a: no tolerance makes it pass.',
    show: ({ verdict }) => formatDb(verdict.wouldPassAtDb),
  },
  {
    title: 'worst part',
    meaning:
      'SQNR of the part (a channel, a row) whose scale is off or whose error is far above that of its like, by its own values. –: none stands out.',
    show: worstPart,
  },
  {
    title: 'sorted SQNR',
    meaning: 'SQNR of both sides’ sorted values: high where SQNR is low means that elements moved.',
    show: ({ sortedSqnrDb }) => formatDb(sortedSqnrDb),
  },
  {
    title: 'fitted SQNR',
    meaning:
      'SQNR with the best scale and offset for each channel: high where SQNR is low means wrong scales.',
    show: ({ channelFit }) => formatDb(channelFit?.sqnrDb),
  },
  ...metricKeys.filter((key) => key !== 'sqnrDb').map(columnOf),
  {
    title: 'argmax flips',
    meaning:
      'Positions where another class wins, and how many of them the size of the error explains; or labels that differ.',
    show: (output) => flipsOf(output) ?? '–',
  },
]

function columnOf(key: keyof MetricValues): MetricColumn {
  const { title, meaning, show } = outputMetrics[key]
  return { title, meaning, show: (output) => show(output[key]) }
}

function worstPart({ parts, verdict, shape = [] }: ReportedOutput): string {
  if (!parts) return 'n/a'
  const worst = verdict.parts?.worst ?? parts.scaled[0] ?? parts.outlying[0]
  if (!worst) return '–'
  return `${formatDb(worst.sqnrDb)} at ${shape.map((_, axis) => (axis === worst.axis ? worst.index : ':')).join(', ')}`
}

/** All metrics, one row an output. Columns in which no output has a number are left out. */
export function outputTable(outputs: readonly ReportedOutput[]): Html {
  const metrics = metricColumns.filter(({ show }) => outputs.some((output) => show(output) !== 'n/a'))
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
