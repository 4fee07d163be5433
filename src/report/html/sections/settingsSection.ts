import type { ReportedComparison, ReportedModel } from '../../document/ReportedComparison.js'
import { type Html, html } from '../html.js'
import { name } from './name.js'
import { table } from './table.js'

/** What really ran, side by side. Settings that not all runs share are marked. */
export function settingsSection({ reference, candidates }: ReportedComparison): Html {
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
