import { type Html, html, trusted } from './html.js'
import { visibleText } from './visibleText.js'

/** Data for the page's script, which shows texts as they are. An escaped `<` cannot end the element. */
export function jsonBlock(data: unknown): Html {
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'string' ? visibleText(value) : value,
  )
  return html`<script type="application/json">${trusted(json.replaceAll('<', '\\u003c'))}</script>`
}
