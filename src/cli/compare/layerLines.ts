import type { LayerComparison, LayersComparison } from '../../compare/index.js'
import { formatDb, formatMs, formatNumber, formatShape, paint, renderTable } from '../../report/index.js'

const mostRows = 8

/** What the layers say, and the worst of them; all are in the JSON document. */
export function layerLines({
  layers,
  firstDivergence,
  matched,
  unmatched,
}: LayersComparison): readonly string[] {
  const worst = layers
    .filter(({ own }) => own !== null)
    .sort((a, b) => ownDb(a) - ownDb(b))
    .slice(0, mostRows)
    .sort((a, b) => a.index - b.index)
  return [
    `  layers: ${matched} of ${matched + unmatched} found in the reference; ${divergenceText(firstDivergence)}`,
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
