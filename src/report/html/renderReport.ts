import { basename } from 'node:path'
import type { Vote } from '../../compare/judge/vote.js'
import { formatDb } from '../../format/numbers.js'
import type { OutputSeries } from '../prepareSeries.js'
import {
  overallVerdict,
  type ReportedComparison,
  type ReportedModel,
  shortenPaths,
  verdictWord,
} from '../ReportedComparison.js'
import { candidateSection } from './candidateSection.js'
import { badge, type Html, html, name, notesList, table } from './html.js'
import { metricColumns } from './outputTable.js'
import { environmentSection, type PageAssets, plotAssets, renderPage } from './page.js'

/** All that the page shows. The same input gives the same page, byte for byte. */
export interface ReportInput {
  readonly comparison: ReportedComparison
  /** For each candidate, by the name of the output; outputs that could not be measured have none. */
  readonly series: readonly Readonly<Record<string, OutputSeries>>[]
  /** When the comparison ran, as ISO 8601. */
  readonly created: string
  /** What it ran on and with: `twinfer`, `Node.js`, `platform`, … and their versions. */
  readonly environment: Readonly<Record<string, string>>
}

/** The comparison as one page without any other file, which opens from disk and reaches no network. */
export function renderReport(input: ReportInput, assets: PageAssets = plotAssets()): string {
  const { series, created } = input
  const comparison = shortenPaths(input.comparison)
  const { reference, candidates, vote } = comparison
  const word = overallVerdict(candidates)
  return renderPage(
    {
      title: `${basename(reference.model)}: ${word}`,
      heading: html`Comparison with <bdi>${basename(reference.model)}</bdi> ${badge(word)}`,
      created,
      main: html`<noscript><p>The plots need JavaScript. All figures are in the tables.</p></noscript>
${summarySection(comparison)}
${vote && voteSection(vote)}
${candidates.map((candidate, at) => candidateSection(candidate, at, series[at] ?? {}))}
${settingsSection(comparison)}
${environmentSection(input.environment)}
${glossarySection()}`,
    },
    assets,
  )
}

/** One row a candidate: what passed, and the number that decided. */
function summarySection({ reference, candidates }: ReportedComparison): Html {
  const columns = [
    { title: 'candidate' },
    { title: 'verdict' },
    { title: 'reason', kind: 'prose' as const },
    { title: 'engine' },
    { title: 'precision' },
    { title: 'judged as' },
  ]
  const rows = candidates.map(({ model, engine, effective, judgedAs, verdict }, at) => [
    html`<a href="#candidate-${at}">${name(model)}</a>`,
    badge(verdictWord(verdict)),
    verdict.reason,
    `${engine} ${effective.engineVersion}`,
    effective.precision,
    judgedAs?.precision ?? effective.precision,
  ])
  return html`<section>
<h2>Verdict</h2>
<p>Reference: ${name(reference.path ?? reference.model)} (${reference.effective ? `${reference.engine} ${reference.effective.engineVersion}, ${reference.effective.precision}` : 'recorded outputs'})</p>
${reference.effective && notesList(reference.effective.notes)}
${table('Verdict of each candidate', columns, rows)}
</section>`
}

/** Who agrees with whom: a fault is on the side of the one that stands alone. */
function voteSection({ message, pairs }: Vote): Html {
  const columns = [
    { title: 'between' },
    { title: 'and' },
    { title: 'output' },
    { title: 'SQNR', kind: 'number' as const },
  ]
  const rows = pairs.map(({ a, b, output, sqnrDb }) => [name(a), name(b), name(output), formatDb(sqnrDb)])
  return html`<section>
<h2>Who is the odd one out</h2>
<p>${message}</p>
${table('Agreement of each pair of runs', columns, rows)}
</section>`
}

/** What really ran, side by side. Settings that not all runs share are marked. */
function settingsSection({ reference, candidates }: ReportedComparison): Html {
  const models = [reference, ...candidates]
  const settings = models.map(settingsOf)
  const keys = [...new Set(settings.flatMap((one) => [...one.keys()]))]
  const rows = keys.map((key) => {
    const values = settings.map((one) => one.get(key))
    const isShared = new Set(values.filter((value) => value !== undefined)).size <= 1
    return [name(key), ...values.map((value) => (isShared ? (value ?? '–') : marked(value)))]
  })
  const columns = [{ title: 'setting' }, ...models.map(({ model }) => ({ title: name(model) }))]
  return html`<section>
<h2>Effective settings</h2>
<p class="muted">As the engines reported them after loading. <mark>Marked</mark>: not the same everywhere.</p>
${table('Effective settings of every run', columns, rows)}
</section>`
}

function marked(value: string | undefined): Html | string {
  return value === undefined ? '–' : html`<mark>${value}</mark>`
}

/** Nested settings (an engine's own switches) get a name of their own each, as in `options.num_threads`. */
function settingsOf({ engine, effective }: ReportedModel): ReadonlyMap<string, string> {
  const { notes: _, ...settings } = effective ?? { notes: [] }
  return new Map([['engine', engine], ...flatten(settings)])
}

function flatten(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, entry]): [string, string][] =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? flatten(entry, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(entry)]],
  )
}

function glossarySection(): Html {
  return html`<section>
<h2>What the numbers mean</h2>
<details>
<summary>Every column of the output tables</summary>
<dl class="glossary">${metricColumns.map(({ title, meaning }) => html`<div><dt>${title}</dt><dd>${meaning}</dd></div>`)}</dl>
</details>
</section>`
}
