import { formatShape } from '../../format/numbers.js'
import { renderTable } from '../../report/index.js'

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
