import type { NativeSums } from '../native.js'

/** 1 for two zero vectors, 0 for one; rounding beyond ±1 is cut off. */
export function cosineOf({ referencePower, candidatePower, product }: NativeSums): number {
  if (referencePower === 0 && candidatePower === 0) return 1
  if (referencePower === 0 || candidatePower === 0) return 0
  // In this form equal vectors give exactly 1, and no intermediate overflows.
  const cosine = (product / referencePower) * Math.sqrt(referencePower / candidatePower)
  return Math.max(-1, Math.min(1, cosine))
}
