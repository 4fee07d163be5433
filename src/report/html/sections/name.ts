import { type Html, html } from '../html.js'

/** A name from a model file: isolated, so that it cannot turn the text round it. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`
}
