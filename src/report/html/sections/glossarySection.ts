import { type Html, html } from '../html.js'
import { outputMetrics } from './outputMetrics.js'

export function glossarySection(): Html {
  return html`<section>
<h2>What the numbers mean</h2>
<details>
<summary>Every column of the output tables</summary>
<dl class="glossary">${outputMetrics.map(({ title, meaning }) => html`<div><dt>${title}</dt><dd>${meaning}</dd></div>`)}</dl>
</details>
</section>`
}
