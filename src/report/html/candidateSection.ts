import type { LayerComparison, LayersComparison } from '../../compare/layers/LayerComparison.js'
import { formatDb, formatMs, formatNumber, formatShape } from '../../format/numbers.js'
import type { OutputSeries } from '../prepareSeries.js'
import { type ReportedCandidate, type ReportedVerdict, verdictWord } from '../ReportedComparison.js'
import { badge, type Html, html, name, notesList, table } from './html.js'
import { outputPanel, plotFigure } from './outputPanel.js'
import { outputTable } from './outputTable.js'

/** Everything about one candidate, from the verdict down to single elements. */
export function candidateSection(
  candidate: ReportedCandidate,
  at: number,
  series: Readonly<Record<string, OutputSeries>>,
): Html {
  const { model, path = model, engine, effective, timing, outputs, verdict, warnings, layers } = candidate
  const word = verdictWord(verdict)
  const notes = [...runNotes(candidate), ...effective.notes, ...warnings]
  return html`<section id="candidate-${at}">
<h2>${name(model)}</h2>
${path !== model && html`<p class="muted">${name(path)}</p>`}
<p class="verdict ${word}">${badge(word)} ${verdict.reason}</p>
<p class="muted">${engine} ${effective.engineVersion}, ${effective.precision}${timing && `, load ${formatMs(timing.loadMs)}, run ${formatMs(timing.runMs)}`}</p>
${notesList(notes)}
<h3>Outputs</h3>
${outputTable(outputs)}
${layers && layersPanel(layers, verdict)}
${outputs.map((output) => outputPanel(output, Object.hasOwn(series, output.name) ? series[output.name] : undefined))}
</section>`
}

/** First what makes all numbers doubtful. */
function runNotes({ noise, judgedAs }: ReportedCandidate): readonly string[] {
  return [
    ...(noise?.deterministic === false
      ? [`not deterministic: ${noise.runs} runs on the same input differ`]
      : []),
    ...(judgedAs?.because ? [`judged as ${judgedAs.precision}: ${judgedAs.because}`] : []),
  ]
}

/** Where, over the depth of the network, the candidate leaves its reference. */
function layersPanel(compared: LayersComparison, verdict: ReportedVerdict): Html {
  // What passes has no divergence: no line in the plot, no mark in the table.
  const layers = verdict.pass ? { ...compared, firstDivergence: null } : compared
  const { matched, unmatched, firstDivergence } = layers
  return html`<h3>Layers</h3>
<p>${matched} layers have a counterpart in the reference, ${unmatched} have none${unmatchedNames(layers)}.</p>
${
  firstDivergence
    ? html`<p class="verdict fail">First divergence: layer ${firstDivergence.index}, ${name(firstDivergence.name)} (${firstDivergence.type}, blob ${name(firstDivergence.blob)}), ${damageText[firstDivergence.damage]}: ${firstDivergence.reason}</p>`
    : html`<p>${calmText(compared, verdict)}</p>`
}
${layersFigure(layers, verdict.floorDb)}
${layerTable(layers)}`
}

/** What there is to say where no layer is to blame. */
function calmText({ firstDivergence, unmatched }: LayersComparison, { pass }: ReportedVerdict): string {
  if (pass && firstDivergence) {
    const { damage, name, reason } = firstDivergence
    return damage === 'spread' || damage === 'input' ? `${reason}.` : `${name}: ${reason}. The outputs pass.`
  }
  if (!pass && unmatched > 0) {
    return 'No layer that has a counterpart is worse than its precision allows: look at those that have none.'
  }
  return 'No layer is worse than its precision allows.'
}

/** With their names, as one of them may be what is wrong; fusing and adding layers is what converters do. */
function unmatchedNames({ layers }: LayersComparison): Html | string {
  const names = layers.filter(({ reference }) => reference === null)
  if (names.length === 0) return ''
  const shown = names.slice(0, mostNamed).map(({ name: layer }, at) => html`${at > 0 && ', '}${name(layer)}`)
  return html` (fused, added or changed by the converter): ${shown}${names.length > mostNamed && ' …'}`
}

const mostNamed = 20

const damageText = {
  'whole-layer': 'the whole layer',
  'few-channels': 'a few channels',
  spread: 'every layer alike',
  input: 'before the first layer',
} as const

function layersFigure({ layers, firstDivergence }: LayersComparison, floorDb: number | undefined): Html {
  return plotFigure({
    kind: 'layers',
    title: 'SQNR over depth',
    description: 'SQNR of each layer as it ran, and of each layer fed with the inputs of the reference',
    legend: [
      ['accumulated', 'as it ran, with the errors above it'],
      ['own', 'alone, fed with the reference’s inputs'],
      ...(floorDb === undefined ? [] : [['floor', 'what the output needs'] as const]),
      ...(firstDivergence === null ? [] : [['divergence', 'first divergence'] as const]),
    ],
    data: {
      names: layers.map(({ name }) => name),
      types: layers.map(({ type }) => type),
      blobs: layers.map(({ blob }) => blob),
      shapes: layers.map(({ shape }) => formatShape(shape)),
      accumulated: layers.map(({ accumulated }) => tenth(accumulated?.sqnrDb)),
      own: layers.map(({ own }) => tenth(own?.sqnrDb)),
      maxAbs: layers.map(({ accumulated }) =>
        accumulated ? Number(accumulated.maxAbs.toPrecision(4)) : null,
      ),
      broken: layers.flatMap(isBroken),
      divergence: firstDivergence?.index ?? null,
      floorDb: floorDb ?? null,
    },
  })
}

function tenth(decibels: number | null | undefined): number | null {
  return decibels === null || decibels === undefined ? null : Math.floor(decibels * 10) / 10
}

/** Layers with a NaN or Infinity that the reference has not: no ratio can be drawn there. */
function isBroken({ accumulated, own }: LayerComparison, at: number): number[] {
  return [accumulated, own].some((error) => error?.sqnrDb === null) ? [at] : []
}

function layerTable({ layers, firstDivergence }: LayersComparison): Html {
  const columns = [
    { title: '#', kind: 'number' as const },
    ...['layer', 'type', 'blob'].map((title) => ({ title })),
    { title: 'shape', kind: 'shape' as const },
    { title: 'reference' },
    ...['as it ran', 'alone', 'max abs', 'largest', 'fp16'].map((title) => ({
      title,
      kind: 'number' as const,
    })),
  ]
  const rows = layers.map((layer, at) => [
    at === firstDivergence?.index ? html`<mark>${at}</mark>` : at,
    name(layer.name),
    layer.type,
    name(layer.blob),
    formatShape(layer.shape),
    layer.reference === null ? '–' : name(layer.reference),
    formatDb(layer.accumulated?.sqnrDb ?? null),
    formatDb(layer.own?.sqnrDb ?? null),
    formatNumber(layer.accumulated?.maxAbs),
    formatNumber(layer.statistics.maxAbs),
    layer.statistics.fp16,
  ])
  return html`<details>
<summary>All ${layers.length} layers</summary>
${table('Every layer', columns, rows)}
</details>`
}
