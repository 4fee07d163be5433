import Table from 'cli-table3'
import { asLaidOut, paint, visibleWithColours } from '../format/visibleText.js'

interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Two blanks between columns and no rules: such a table survives a mail, a diff and `awk`. */
const plain = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A table as text, without a newline at its end. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: plain,
    head: columns.map(({ title }) => visibleWithColours(paint('bold', title))),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows.map((row) => row.map((cell) => visibleWithColours(cell))))
  return asLaidOut(table.toString().replace(/[ \t]+$/gm, ''))
}
