import { IDENTICAL_DB, powerRatioDb } from '../format/decibels.js'
import type { NativeSums } from '../native.js'

/**
 * What engines leave where nothing is: exp is cut off at -87 or -88, so a sigmoid or a softmax that is 0 elsewhere is
 * up to 2e-38, and values below 1.2e-38 (denormal) are zero in one engine and not in another. A scale may follow, so
 * there is room for one of a million; whatever a network says is far above that too.
 */
export const silence = 1e-30

/** Whether no element differs by more than silence does. */
function differsBySilence({ maxAbs }: NativeSums): boolean {
  return maxAbs <= silence
}

/** In dB, within ±IDENTICAL_DB. */
export function sqnrOf(sums: NativeSums): number {
  return differsBySilence(sums) ? IDENTICAL_DB : powerRatioDb(sums.referencePower, sums.errorPower)
}

/** 1 for two zero vectors, 0 for one; rounding beyond ±1 is cut off. */
export function cosineOf(sums: NativeSums): number {
  const { referencePower, candidatePower, product } = sums
  if ((referencePower === 0 && candidatePower === 0) || differsBySilence(sums)) return 1
  if (referencePower === 0 || candidatePower === 0) return 0
  // In this form equal vectors give exactly 1, and no intermediate overflows.
  const cosine = (product / referencePower) * Math.sqrt(referencePower / candidatePower)
  return Math.max(-1, Math.min(1, cosine))
}
