import type { LayerComparison, LayersComparison } from '../../compare/layers/LayerComparison.js'
import type { OutputVerdict } from '../../compare/outputs/compareOutputs.js'
import { formatDb, formatMs, formatNumber, formatShape } from '../../format/numbers.js'
import { paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'

const mostRows = 8

/** What the layers say, and the worst of them; all are in the JSON document. */
export function layerLines(
  { layers, firstDivergence, matched, unmatched }: LayersComparison,
  { pass }: OutputVerdict,
): readonly string[] {
  const worst = layers
    .filter(({ own }) => own !== null)
    .sort((a, b) => ownDb(a) - ownDb(b))
    .slice(0, mostRows)
    .sort((a, b) => a.index - b.index)
  const divergence =
    !pass && !firstDivergence && unmatched > 0 ? notFoundText() : divergenceText(firstDivergence)
  return [
    `  layers: ${matched} of ${matched + unmatched} found in the reference; ${divergence}`,
    ...unmatchedLines(layers),
    ...(worst.length === 0 ? [] : [layerTable(worst)]),
  ]
}

function divergenceText(divergence: LayersComparison['firstDivergence']): string {
  if (!divergence) return paint('green', 'none diverges')
  const { name, type, damage, channels, reason } = divergence
  if (damage === 'spread' || damage === 'input') return paint('yellow', `${damage}: ${reason}`)
  const which = channels
    ? `, channels ${channels.slice(0, 8).join(', ')}${channels.length > 8 ? ' …' : ''}`
    : ''
  return paint('red', `the first wrong one is ${name} (${type}, ${damage}${which}): ${reason}`)
}

/** The outputs fail and no layer that was compared does: it is never said that none diverges. */
function notFoundText(): string {
  return paint('red', 'none of these diverges, so it is one of the others')
}

/** A layer that is wrong may be like nothing in the reference, as one that was fused is. */
function unmatchedLines(layers: readonly LayerComparison[]): readonly string[] {
  const names = layers
    .filter(({ reference }) => reference === null)
    .map(({ name, type }) => `${name} (${type})`)
  if (names.length === 0) return []
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return [`  without a counterpart: ${names.slice(0, mostNamed).join(', ')}${more}`]
}

const mostNamed = 12

/** Own error first: that is what tells layers apart. */
function layerTable(layers: readonly LayerComparison[]): string {
  const numbers = ['own SQNR', 'as it ran', 'max abs', 'largest', 'time']
  return renderTable(
    [
      ...['layer', 'type', 'shape', 'reference'].map((title) => ({ title })),
      ...numbers.map((title) => ({ title, align: 'right' as const })),
    ],
    layers.map(({ name, type, shape, reference, own, accumulated, statistics, ms }) => [
      name,
      type,
      formatShape(shape),
      reference ?? '-',
      formatDb(own?.sqnrDb ?? null),
      formatDb(accumulated?.sqnrDb ?? null),
      formatNumber(accumulated?.maxAbs),
      formatNumber(statistics.maxAbs),
      ms === null ? '-' : formatMs(ms),
    ]),
  )
}

function ownDb({ own }: LayerComparison): number {
  return own?.sqnrDb ?? -Infinity
}
