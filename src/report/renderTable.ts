import { styleText } from 'node:util'
import Table from 'cli-table3'

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
    head: columns.map(({ title }) => paint('bold', title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString().replace(/[ \t]+$/gm, '')
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours the text only for a person at a terminal: not in a pipe, and not where NO_COLOR is set. */
export function paint(style: Style, text: string, stream: { isTTY?: boolean } = process.stdout): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text
}
