import { coordinateOf } from '../../../compare/coordinateOf.js'
import { formatShape } from '../../../format/numbers.js'
import type { ReportedOutput } from '../../document/ReportedComparison.js'
import type { ErrorHistogram, OutputSeries, Scatter } from '../../series/OutputSeries.js'
import { toleranceOption } from '../../toleranceOption.js'
import { type Html, html } from '../html.js'
import { name } from './name.js'
import { plotFigure } from './plotFigure.js'
import { worstTable } from './worstTable.js'

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
