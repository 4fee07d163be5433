import { formatMs, formatNumber, formatShape } from '../../format/numbers.js'
import { paint, renderTable } from '../../report/index.js'
import type { EffectiveSettings } from '../models/RunnableModel.js'
import { settingsLine } from '../output/settingsLine.js'
import type { OutputSummary } from './OutputSummary.js'
import type { RunTiming } from './timedRuns.js'

export interface PrintableRun {
  readonly model: string
  readonly engine: string
  readonly effective: EffectiveSettings
  readonly timing: RunTiming & { readonly loadMs: number }
  readonly outputs: readonly OutputSummary[]
  readonly warnings: readonly string[]
}

/** What `twinfer run` shows to a person. */
export function printRun({ model, engine, effective, timing, outputs, warnings }: PrintableRun): string {
  const notes = [
    ...effective.notes.map((note) => `note: ${note}`),
    ...warnings.map((text) => `warning: ${text}`),
  ]
  return [
    paint('bold', model),
    settingsLine(engine, effective),
    timingLine(timing),
    ...notes.map((note) => paint('yellow', note)),
    '',
    outputTable(outputs),
    ...outputs.flatMap(topLines),
    ...outputs.flatMap(({ file }) => (file === undefined ? [] : [paint('dim', `wrote ${file}`)])),
  ].join('\n')
}

function timingLine({ loadMs, runMs, minMs, maxMs, repeat }: PrintableRun['timing']): string {
  const spread = repeat > 1 ? ` (median of ${repeat}, ${formatMs(minMs)} to ${formatMs(maxMs)})` : ''
  return `load ${formatMs(loadMs)}, run ${formatMs(runMs)}${spread}`
}

function outputTable(outputs: readonly OutputSummary[]): string {
  const right = ['min', 'max', 'mean', 'NaN', 'Inf'].map((title) => ({ title, align: 'right' as const }))
  return renderTable(
    [{ title: 'output' }, { title: 'shape' }, { title: 'dtype' }, ...right],
    outputs.map(({ name, shape, dtype, min, max, mean, nan, inf }) => [
      name,
      formatShape(shape),
      dtype,
      ...[min, max, mean].map(formatNumber),
      alarming(nan),
      alarming(inf),
    ]),
  )
}

function alarming(count: number): string {
  return count > 0 ? paint('red', String(count)) : '0'
}

function topLines({ name, top }: OutputSummary): readonly string[] {
  const rows = top.map(({ index, value }) => [String(index), formatNumber(value)])
  const columns = [
    { title: `top of ${name}`, align: 'right' as const },
    { title: 'value', align: 'right' as const },
  ]
  return rows.length > 0 ? ['', renderTable(columns, rows)] : []
}
