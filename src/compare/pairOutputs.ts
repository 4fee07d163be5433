import type { OutputPair, OutputPairing } from './OutputPair.js'

/**
 * Finds each reference output's partner: the one of the same name, and of those that are left the one at the
 * same place, where as many are left on both sides. Otherwise guessing would compare strangers, so they are
 * reported as missing and extra.
 */
export function pairOutputs(reference: readonly string[], candidate: readonly string[]): OutputPairing {
  const candidates = new Set(candidate)
  const references = new Set(reference)
  const missing = reference.filter((name) => !candidates.has(name))
  const extra = candidate.filter((name) => !references.has(name))
  const isOrderTelling = missing.length === extra.length
  const pairs = reference.flatMap((name): OutputPair[] => {
    if (candidates.has(name)) return [{ reference: name, candidate: name, by: 'name' }]
    return isOrderTelling ? [{ reference: name, candidate: extra[missing.indexOf(name)]!, by: 'order' }] : []
  })
  return isOrderTelling ? { pairs, missing: [], extra: [] } : { pairs, missing, extra }
}
