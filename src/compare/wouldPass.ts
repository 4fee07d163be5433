import type { OutputComparison } from './OutputComparison.js'
import { roundDown, roundUp } from './rounding.js'
import type { Tolerance } from './Tolerance.js'

/**
 * The strictest tolerance, in round numbers, that this output passes; null where none lets it pass. `top1` is
 * part of it only where a best class or a label differs.
 */
export function wouldPass(comparison: OutputComparison): Tolerance | null {
  const { sqnrDb, cosine, maxAbs, argmaxCount, argmaxFlips, labels } = comparison
  if (labels) return { top1: roundDown(1 - labels.differing / labels.count, 4) }
  if (sqnrDb === null || cosine === null) return null
  return {
    sqnr: roundDown(sqnrDb, 1),
    cosine: roundDown(cosine, 6),
    maxabs: roundUp(maxAbs, 3),
    ...(argmaxFlips > 0 && { top1: roundDown(1 - argmaxFlips / argmaxCount, 4) }),
  }
}
