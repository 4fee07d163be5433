import { stringify } from 'csv-stringify/sync'
import { guardFormula } from './guardFormula.js'

export type CsvValue = string | number | boolean | null | undefined

/** The titles are the keys; absent values are empty cells. Lines end with \n, and texts are quoted where needed. */
export function toCsv(
  rows: readonly Readonly<Record<string, CsvValue>>[],
  titles: readonly string[],
): string {
  return stringify([...rows], {
    header: true,
    columns: [...titles],
    cast: { string: guardFormula, number: numberText, boolean: String },
  })
}

/** NaN and inf, as NumPy and pandas read them. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf'
}
