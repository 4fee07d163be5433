import { type Html, html } from '../html.js'
import { jsonBlock } from '../jsonBlock.js'

/** Which drawing of assets/report, and the classes of page.css that colour its legend. */
export interface PlotFigure {
  readonly kind: 'histogram' | 'ulp' | 'scatter' | 'layers'
  readonly title: string
  /** What is drawn, for those who cannot see it. */
  readonly description: string
  readonly legend?: readonly (readonly [series: string, text: string])[]
  readonly data: unknown
}

/** A place for a plot that has its size before the script runs, with the line that tells what is under the cursor. */
export function plotFigure({ kind, title, description, legend = [], data }: PlotFigure): Html {
  return html`<figure class="panel ${kind}">
<figcaption>${title}</figcaption>
<ul class="legend">${legend.map(([series, text]) => html`<li class="${series}">${text}</li>`)}</ul>
<div class="plot" data-plot="${kind}" role="group" aria-label="${description}" tabindex="0"></div>
<output class="readout" aria-live="polite"></output>
${jsonBlock(data)}
</figure>`
}
