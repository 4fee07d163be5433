import { type Html, type HtmlValue, html } from '../html.js'

export interface HtmlColumn {
  readonly title: HtmlValue
  /** Numbers stand at the right; neither they nor shapes are broken into lines. Default: names and words. */
  readonly kind?: 'number' | 'shape' | 'prose'
}

/** The first cell of a row heads it. Wide tables scroll by themselves, also by keyboard; the page never does. */
export function table(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly HtmlValue[])[],
): Html {
  const headings = columns.map(({ title, kind }) => html`<th scope="col"${classOf(kind)}>${title}</th>`)
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<thead><tr>${headings}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((value, at) => cell(value, at, columns[at]?.kind))}</tr>\n`)}</tbody>
</table></div>`
}

function cell(value: HtmlValue, at: number, kind: HtmlColumn['kind']): Html {
  return at === 0
    ? html`<th scope="row"${classOf(kind)}>${value}</th>`
    : html`<td${classOf(kind)}>${value}</td>`
}

function classOf(kind: HtmlColumn['kind']): Html | undefined {
  return kind && html` class="${kind}"`
}
