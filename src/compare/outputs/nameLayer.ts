import type { LayersComparison } from '../layers/LayerComparison.js'
import type { OutputVerdict } from './ComparedOutput.js'

/** A failed verdict with the place where it goes wrong, as far as the layers tell. */
export function nameLayer(verdict: OutputVerdict, layers: LayersComparison | undefined): OutputVerdict {
  const divergence = layers?.firstDivergence
  if (verdict.pass || !divergence) return verdict
  const { damage, name, type, reason } = divergence
  const isPlace = damage === 'whole-layer' || damage === 'few-channels'
  const where = isPlace ? `first wrong layer ${name} (${type}): ${reason}` : reason
  return { ...verdict, reason: `${verdict.reason}; ${where}` }
}
