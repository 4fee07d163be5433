import type { VerdictWord } from '../../document/verdictWord.js'
import { type Html, html } from '../html.js'

/** The word itself says it; the colour only helps. */
export function badge(word: VerdictWord): Html {
  return html`<strong class="badge ${word}">${word}</strong>`
}
