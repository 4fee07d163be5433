import { type Html, html } from '../html.js'

/** Nothing where there are none. */
export function notesList(notes: readonly string[]): Html | false {
  return notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}
