import { distinctTails } from '../../compare/judge/vote.js'
import type { EvaluatedModel, Evaluation } from '../../eval/Evaluation.js'
import type { ClassResult, Confusion, MetricDifference, MetricResult } from '../../eval/metrics/Metric.js'
import { counted, formatNumber } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'
import { settingsLine } from '../output/lines.js'

/** More lines than this are for `--csv` and `--json`. */
const mostClasses = 20
const mostConfusions = 10

/** The results for people: a table of all models, their classes, and what differs from the reference. */
export function printEvaluation({ data, metrics, reference, models }: Evaluation): string {
  const all = reference ? [reference, ...models] : models
  const names = distinctTails(all.map(({ model }) => model))
  const title = ({ model, effective: { precision } }: EvaluatedModel) => `${names.get(model)!} ${precision}`
  const drawn = data.samples < data.total ? `, drawn of ${data.total} with seed ${data.seed}` : ''
  const classed = metrics.find((name) => all.some(({ results }) => hasClasses(results, name)))
  const pairs = data.pairs === null ? '' : ` in ${counted(data.pairs, 'pair')}`
  return linesOf([
    `${data.path}: ${counted(data.samples, 'sample')}${drawn}${pairs}`,
    ...all.map((model) => `${title(model)}: ${settingsLine(model.engine, model.effective)}`),
    ...[...data.notes, ...all.flatMap(({ notes }) => notes)].map((note) => paint('dim', `note: ${note}`)),
    '',
    resultTable(all, title),
    ...classLines(classed, all, title),
    ...models.flatMap((model) =>
      model.differences.flatMap((one) => differenceLines(one, title(model), reference!)),
    ),
  ])
}

/** Of several metrics the first one: top5 by class says little beside top1. */
function hasClasses(results: readonly MetricResult[], name: string): boolean {
  return results.some(({ metric, classes }) => metric === name && classes !== undefined)
}

type Title = (model: EvaluatedModel) => string

function resultTable(models: readonly EvaluatedModel[], title: Title): string {
  const right = ['value', 'low', 'high', 'count'].map((name) => ({ title: name, align: 'right' as const }))
  const rows = models.flatMap((model) => model.results.map((result) => [title(model), ...resultRow(result)]))
  return renderTable([{ title: 'model' }, { title: 'metric' }, ...right, { title: 'also' }], rows)
}

function resultRow({ metric, value, low, high, count, details = {} }: MetricResult): readonly string[] {
  return [metric, figure(value), figure(low), figure(high), String(count), alsoOf(details)]
}

/** What a metric says beside its value, in words: the keys of the document are for programs. */
function alsoOf(details: NonNullable<MetricResult['details']>): string {
  const { least, leastSample, undefined: without, pixelAccuracy, threshold, same, other } = details
  return [
    ...(typeof least === 'number' ? [`least ${figure(least)} (${leastSample})`] : []),
    ...(without ? [`not counted: ${counted(Number(without), 'sample')} without a cosine`] : []),
    ...(typeof pixelAccuracy === 'number' ? [`${figure(pixelAccuracy)} of the pixels right`] : []),
    ...(typeof threshold === 'number' ? [`at a threshold of ${figure(threshold)}`] : []),
    ...(same === undefined ? [] : [`${counted(Number(same), 'pair')} of the same, ${other} of others`]),
  ].join(', ')
}

/** Four digits behind the point tell 977 of 1000 from 978. */
function figure(value: number | null): string {
  if (value === null) return '-'
  return Number.isInteger(value) || Math.abs(value) >= 100 ? formatNumber(value) : value.toFixed(4)
}

/** A line for each class with the value of every model, those with the largest differences first where they are many. */
function classLines(
  metric: string | undefined,
  models: readonly EvaluatedModel[],
  title: Title,
): readonly string[] {
  const columns = models.flatMap((model) => {
    const classes = model.results.find((result) => result.metric === metric)?.classes
    return classes === undefined ? [] : [{ name: title(model), classes: byIndex(classes) }]
  })
  if (metric === undefined) return []
  const every = new Map(columns.flatMap(({ classes }) => [...classes]))
  const spread = (index: number) => {
    const values = columns.map(({ classes }) => classes.get(index)?.value ?? 0)
    return Math.max(...values) - Math.min(...values)
  }
  const byNumber = [...every.keys()].sort((a, b) => a - b)
  const isLong = byNumber.length > mostClasses
  const shown = isLong ? byNumber.toSorted((a, b) => spread(b) - spread(a)).slice(0, mostClasses) : byNumber
  const rows = shown.map((index) => {
    const { label, count } = every.get(index)!
    const values = columns.map(({ classes }) => figure(classes.get(index)?.value ?? null))
    return [String(index), label ?? '-', String(count), ...values]
  })
  const numbers = ['count', ...columns.map(({ name }) => name)]
  const head = [{ title: metric, align: 'right' as const }, { title: 'class' }]
  const table = renderTable(
    [...head, ...numbers.map((name) => ({ title: name, align: 'right' as const }))],
    rows,
  )
  const rest = `… of ${byNumber.length} classes those that differ most: --csv has all`
  return ['', table, ...(isLong ? [paint('dim', rest)] : [])]
}

function byIndex(classes: readonly ClassResult[]): ReadonlyMap<number, ClassResult> {
  return new Map(classes.map((one) => [one.index, one]))
}

function differenceLines(
  difference: MetricDifference,
  name: string,
  reference: EvaluatedModel,
): readonly string[] {
  const { metric, value, low, high, pValue, significant, flips, confusion = [] } = difference
  const { onlyReference, onlyCandidate } = difference
  const evidence =
    pValue === null
      ? `95 % from ${figure(low)} to ${figure(high)}`
      : `only it is right on ${counted(onlyCandidate ?? 0, 'sample')}, only the reference on ${onlyReference ?? 0}; McNemar p = ${pValue.toPrecision(2)}`
  const verdict = significant
    ? paint('yellow', 'a difference')
    : paint('green', 'no difference that these samples show')
  const labels = reference.results.find((result) => result.metric === metric)?.classes ?? []
  const known = byIndex(labels)
  // -1 where no score is a number. A number alone would stand beside counts.
  const nameOf = (index: number) => known.get(index)?.label ?? (index < 0 ? 'no class' : `class ${index}`)
  return [
    '',
    `${name}, ${metric}: ${signed(value)} over the reference: ${verdict} (${evidence})`,
    ...(!flips ? [] : [`${counted(flips, 'answer differs', 'answers differ')} from the reference's`]),
    ...confusion
      .slice(0, mostConfusions)
      .map(
        (one) =>
          `  ${counted(one.count, 'sample')} of ${nameOf(one.label)}: ${nameOf(one.reference)} by the reference, ${nameOf(one.candidate)} by this model (${namesOf(one)})`,
      ),
    ...(confusion.length > mostConfusions
      ? [`  … and ${confusion.length - mostConfusions} other changes`]
      : []),
  ]
}

/** The first ones: that there are more, the count says. */
function namesOf({ samples, count }: Confusion): string {
  return samples.join(', ') + (count > samples.length ? ', …' : '')
}

function signed(value: number | null): string {
  return value === null || value < 0 ? figure(value) : `+${figure(value)}`
}
