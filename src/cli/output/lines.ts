import type { Tolerance } from '../../compare/judge/parseTolerances.js'
import { metricKeys, outputMetrics } from '../../compare/measure/outputMetrics.js'
import type { ComparedOutput, OutputVerdict } from '../../compare/outputs/compareOutputs.js'
import { formatNumber, formatShape } from '../../format/numbers.js'
import { paint } from '../../format/visibleText.js'
import type { OverflowForecast } from '../../pack/noticesFor.js'
import { flipsOf, toleranceOption } from '../../report/ReportedComparison.js'
import { renderTable } from '../../report/renderTable.js'
import type { EffectiveSettings } from '../models/openModel.js'

/** What was measured about outputs, one a line; `title` heads the column of names. */
export function outputTable(outputs: readonly ComparedOutput[], title = 'output'): string {
  const metrics = metricKeys.filter((key) => 'isBrief' in outputMetrics[key])
  const numbers = [...metrics.map((key) => outputMetrics[key].title), 'argmax flips']
  return renderTable(
    [{ title }, ...numbers.map((name) => ({ title: name, align: 'right' as const }))],
    outputs.map((output) => [
      nameOf(output, outputs.length),
      ...metrics.map((key) => outputMetrics[key].show(output[key])),
      flipsOf(output) ?? '-',
    ]),
  )
}

/** With what it was compared, and why with that where there was a choice. */
function nameOf({ name, candidateName, pairedBy }: ComparedOutput, count: number): string {
  if (candidateName === undefined) return name
  return `${name} = ${candidateName}${count > 1 && pairedBy ? ` (by ${pairedBy})` : ''}`
}

/** Engine, precision, device and threads in one line. */
export function settingsLine(engine: string, settings: EffectiveSettings): string {
  const { engineVersion, precision, requestedPrecision, device, backend, threads } = settings
  const asked = requestedPrecision === precision ? '' : ` (asked for ${requestedPrecision})`
  const where = device === backend || backend === '' ? device : `${device} (${backend})`
  return `${engine} ${engineVersion}, ${precision}${asked}, ${where}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

interface TableRow {
  readonly name: string
  readonly shape: readonly number[] | null
  readonly dtype: string
  readonly layout: string
}

/** Inputs or outputs, one a line; `title` heads the column of names. */
export function tensorTable(title: string, tensors: readonly TableRow[]): string {
  const rows = tensors.map(({ name, shape, dtype, layout }) => [name, formatShape(shape), dtype, layout])
  return renderTable([{ title }, { title: 'shape' }, { title: 'dtype' }, { title: 'layout' }], rows)
}

/** The tolerance that would let an output pass, to be pasted into the next call. */
export function toleranceLine(name: string, tolerance: Tolerance): string {
  return paint('dim', `  would pass: ${toleranceOption(name, tolerance)}`)
}

/** `pass`, `fail` or `inconclusive`, and why. */
export function verdictLine(verdict: OutputVerdict): string {
  if (verdict.pass) return `${paint('green', 'pass')}: ${verdict.reason}`
  const word = verdict.inconclusive ? paint('yellow', 'inconclusive') : paint('red', 'fail')
  return `${word}: ${verdict.reason}`
}

const most = 5

/** The layers whose recorded values are beyond fp16, the largest first. */
export function overflowLines(forecast: readonly OverflowForecast[]): readonly string[] {
  const sorted = [...forecast].sort((a, b) => b.maxAbs - a.maxAbs)
  const lines = sorted.slice(0, most).map(({ layer, maxAbs, level }) => {
    const size = `|x| up to ${formatNumber(maxAbs)}`
    return level === 'certain'
      ? paint('red', `fp16 overflows at ${layer}: ${size}, fp16 ends at 65504`)
      : paint('yellow', `fp16 may overflow at ${layer}: ${size}, sums of ten such values are beyond 65504`)
  })
  return sorted.length > most ? [...lines, `… and ${sorted.length - most} more layers`] : lines
}
