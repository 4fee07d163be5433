import { visibleText } from '../../format/visibleText.js'
import type { VerdictWord } from '../ReportedComparison.js'

/** Markup that is safe to put into a page. Only `html` and `trusted` make it. */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

/** A template whose values are escaped, unless they are Html themselves. Nothing is shown for null and false. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(markupOf)))
}

/** The package's own text, as it is. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.toString()
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(markupOf).join('')
  return visibleText(String(value)).replace(/[&<>"']/g, (character) => entities[character]!)
}

/** The word itself says it; the colour only helps. */
export function badge(word: VerdictWord): Html {
  return html`<strong class="badge ${word}">${word}</strong>`
}

/** A name from a model file: isolated, so that it cannot turn the text round it. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** Nothing where there are none. */
export function notesList(notes: readonly string[]): Html | false {
  return notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}

interface HtmlColumn {
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
