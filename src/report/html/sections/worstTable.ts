import type { WorstElement } from '../../../compare/OutputComparison.js'
import { formatNumber, formatShape } from '../../../format/numbers.js'
import { type Html, html } from '../html.js'
import { table } from './table.js'

/** The elements to look at first. */
export function worstTable(worst: readonly WorstElement[]): Html {
  const columns = [
    { title: 'coordinate', kind: 'shape' as const },
    ...['index', 'reference', 'candidate', 'error'].map((title) => ({ title, kind: 'number' as const })),
  ]
  const rows = worst.map(({ coordinate, index, reference, value }) => [
    formatShape(coordinate),
    String(index),
    exact(reference),
    exact(value),
    formatNumber(value - reference),
  ])
  return html`<h4>Worst elements</h4>
${table('Elements with the largest errors', columns, rows)}`
}

/** Nine significant digits tell every two float32 apart. NaN is what was found here, not an absent number. */
function exact(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value)
}
