import { type Html, html } from '../html.js'

/** What it ran on: without it nobody can run it again. */
export function environmentSection(environment: Readonly<Record<string, string>>): Html {
  const entries = Object.entries(environment)
  return html`<section>
<h2>Versions</h2>
<dl>${entries.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}
