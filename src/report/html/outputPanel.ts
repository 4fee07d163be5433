import { coordinateOf } from '../../compare/measure/compareTensors.js'
import type { WorstElement } from '../../compare/measure/OutputComparison.js'
import { formatNumber, formatShape } from '../../format/numbers.js'
import { visibleText } from '../../format/visibleText.js'
import type { ErrorHistogram, OutputSeries, Scatter } from '../prepareSeries.js'
import { type ReportedOutput, toleranceOption } from '../ReportedComparison.js'
import { type Html, html, name, table, trusted } from './html.js'

/** Where the errors of one output are: by size, by value, in units in the last place, and the worst ones. */
export function outputPanel(output: ReportedOutput, series: OutputSeries | undefined): Html {
  return html`<section>
<h3>Output ${name(output.name)}</h3>
<p>${output.verdict.reason}</p>
${wouldPass(output)}
${
  series &&
  html`<div class="panels">
${histogramFigure(series.histogram)}
${scatterFigure(series, output.shape ?? [])}
${output.ulp && ulpFigure(output.ulp)}
</div>
${series.worst.length > 0 && worstTable(series.worst)}`
}
</section>`
}

/** What passes needs no other limits. */
function wouldPass({ name, verdict }: ReportedOutput): Html | false {
  return (
    !verdict.pass &&
    !!verdict.wouldPass &&
    html`<p>Would pass: <code>${toleranceOption(name, verdict.wouldPass)}</code></p>`
  )
}

function histogramFigure(histogram: ErrorHistogram): Html {
  return plotFigure({
    kind: 'histogram',
    title: 'Errors by size',
    description: 'Histogram of candidate minus reference, counts on a logarithmic scale',
    legend: [['error', 'elements with this error (candidate − reference)']],
    data: histogram,
  })
}

function ulpFigure(ulp: NonNullable<ReportedOutput['ulp']>): Html {
  return plotFigure({
    kind: 'ulp',
    title: 'Distance in ULP',
    description:
      'Histogram of the distance in float32 units in the last place, counts on a logarithmic scale',
    legend: [['error', 'elements at this many float32 steps']],
    data: ulp,
  })
}

/** Errors are kept beside the references: a candidate rounded to a few digits would hide them. */
function scatterFigure({ scatter, worst }: OutputSeries, shape: readonly number[]): Html {
  return plotFigure({
    kind: 'scatter',
    title: 'Candidate over reference',
    description: 'Scatter of candidate values over reference values, with the line of equality',
    legend: [
      ['sample', sampleSize(scatter)],
      ['worst', 'worst'],
      ['identity', 'equal'],
    ],
    data: {
      places: scatter.indices.map((index) => formatShape(coordinateOf(index, shape))),
      reference: scatter.reference.map((value) => rounded(value, 7)),
      error: scatter.candidate.map((value, at) => rounded(value - scatter.reference[at]!, 3)),
      worst: worst.map(({ index }) => scatter.indices.indexOf(index)).filter((at) => at >= 0),
    },
  })
}

function sampleSize({ indices, of }: Scatter): string {
  return indices.length === of ? `all ${of} elements` : `${indices.length} of ${of} elements`
}

function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}

/** The elements to look at first. */
function worstTable(worst: readonly WorstElement[]): Html {
  const columns = [
    { title: 'coordinate', kind: 'shape' as const },
    ...['index', 'reference', 'candidate', 'error'].map((title) => ({ title, kind: 'number' as const })),
  ]
  const rows = worst.map(({ coordinate, index, reference, value }) => [
    formatShape(coordinate),
    String(index),
    exact(reference),
    exact(value),
    formatNumber(value - reference),
  ])
  return html`<h4>Worst elements</h4>
${table('Elements with the largest errors', columns, rows)}`
}

/** Nine significant digits tell every two float32 apart. NaN is what was found here, not an absent number. */
function exact(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value)
}

/** Which drawing of assets/report, and the classes of page.css that colour its legend. */
interface PlotFigure {
  readonly kind: 'histogram' | 'ulp' | 'scatter' | 'layers' | 'settings'
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

/** Data for the page's script, which shows texts as they are. An escaped `<` cannot end the element. */
function jsonBlock(data: unknown): Html {
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'string' ? visibleText(value) : value,
  )
  return html`<script type="application/json">${trusted(json.replaceAll('<', '\\u003c'))}</script>`
}
