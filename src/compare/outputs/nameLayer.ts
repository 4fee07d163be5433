import type { LayersComparison } from '../layers/LayerComparison.js'
import type { OutputVerdict } from './ComparedOutput.js'

/** A failed verdict with the place where it goes wrong, as far as the layers tell. */
export function nameLayer(verdict: OutputVerdict, layers: LayersComparison | undefined): OutputVerdict {
  if (verdict.pass || !layers) return verdict
  const divergence = layers.firstDivergence
  if (!divergence) return nameUnmatched(verdict, layers)
  const { damage, name, type, reason } = divergence
  const isPlace = damage === 'whole-layer' || damage === 'few-channels'
  const where = isPlace ? `first wrong layer ${name} (${type}): ${reason}` : reason
  return { ...verdict, reason: `${verdict.reason}; ${where}` }
}

/** What is wrong may be like nothing in the reference: the first such layer is where to look. */
function nameUnmatched(verdict: OutputVerdict, { layers }: LayersComparison): OutputVerdict {
  const first = layers.find(({ reference }) => reference === null)
  if (!first) return verdict
  const where = `the first layer without a counterpart in the reference is ${first.name} (${first.type})`
  return { ...verdict, reason: `${verdict.reason}; no layer that has one diverges, ${where}` }
}
