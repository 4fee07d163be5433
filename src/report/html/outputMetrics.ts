import { formatDb, formatNumber, formatShape } from '../../format/numbers.js'
import { type ReportedOutput, verdictWord } from '../ReportedComparison.js'
import { badge, type Html, html, name, table } from './html.js'

interface OutputMetric {
  readonly title: string
  /** What the number means, for the glossary. */
  readonly meaning: string
  readonly show: (output: ReportedOutput) => string
}

/** The columns of the output table. Error is candidate - reference throughout. */
export const outputMetrics: readonly OutputMetric[] = [
  {
    title: 'SQNR',
    meaning:
      'Signal to error ratio, 20·log10(‖reference‖ / ‖error‖) in dB. 20 dB more is ten times less error.',
    show: ({ sqnrDb }) => formatDb(sqnrDb ?? null),
  },
  {
    title: 'needed',
    meaning: 'The SQNR that the precision which ran is held to.',
    show: ({ verdict }) => formatDb(verdict.floorDb ?? null),
  },
  {
    title: 'would pass at',
    meaning: 'The highest SQNR that could be asked for and would pass. n/a: no tolerance makes it pass.',
    show: ({ verdict }) => formatDb(verdict.wouldPassAtDb ?? null),
  },
  {
    title: 'cosine',
    meaning: 'Of both sides as vectors: 1 where they point the same way. Blind to a wrong scale.',
    show: ({ cosine }) => cosine?.toFixed(7) ?? 'n/a',
  },
  {
    title: 'worst part',
    meaning:
      'SQNR of the part (a channel, a row) whose scale is off or whose error is far above that of its like, by its own values. –: none stands out.',
    show: worstPart,
  },
  { title: 'max abs', meaning: 'Largest |error|.', show: ({ maxAbs }) => formatNumber(maxAbs) },
  { title: 'mean abs', meaning: 'Mean |error|.', show: ({ meanAbs }) => formatNumber(meanAbs) },
  {
    title: 'max rel',
    meaning: 'Largest |error| / |reference|, without reference values that are all but zero.',
    show: ({ maxRel }) => formatNumber(maxRel),
  },
  {
    title: 'mean rel',
    meaning: 'Mean of the same ratio over the same elements.',
    show: ({ meanRel }) => formatNumber(meanRel),
  },
  { title: 'RMSE', meaning: 'Root of the mean squared error.', show: ({ rmse }) => formatNumber(rmse) },
  {
    title: 'mean error',
    meaning: 'Signed: far from zero beside the RMSE means an offset, not noise.',
    show: ({ meanError }) => formatNumber(meanError),
  },
  {
    title: 'sorted SQNR',
    meaning: 'SQNR of both sides’ sorted values: high where SQNR is low means that elements moved.',
    show: ({ sortedSqnrDb }) => formatDb(sortedSqnrDb ?? null),
  },
  {
    title: 'fitted SQNR',
    meaning:
      'SQNR with the best scale and offset for each channel: high where SQNR is low means wrong scales.',
    show: ({ channelFit }) => formatDb(channelFit?.sqnrDb ?? null),
  },
  { title: 'NaN', meaning: 'NaN elements of the candidate.', show: ({ nan }) => formatNumber(nan) },
  { title: 'Inf', meaning: 'Infinite elements of the candidate.', show: ({ inf }) => formatNumber(inf) },
  {
    title: 'argmax flips',
    meaning:
      'Positions where another class wins, and how many of them the size of the error explains; or labels that differ.',
    show: flips,
  },
]

function worstPart({ parts, verdict, shape = [] }: ReportedOutput): string {
  if (!parts) return 'n/a'
  const worst = verdict.parts?.worst ?? parts.scaled[0] ?? parts.outlying[0]
  if (!worst) return '–'
  return `${formatDb(worst.sqnrDb)} at ${shape.map((_, axis) => (axis === worst.axis ? worst.index : ':')).join(', ')}`
}

function flips({ argmaxFlips = 0, explainedFlips = 0, argmaxCount = 0, labels }: ReportedOutput): string {
  if (labels) return `${labels.differing} of ${labels.count} labels`
  if (argmaxCount === 0) return '–'
  const explained = argmaxFlips > 0 ? ` (${explainedFlips} explained)` : ''
  return `${argmaxFlips} of ${argmaxCount}${explained}`
}

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
