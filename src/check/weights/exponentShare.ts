import { exponentBias, type ValueStatistics } from './ValueStatistics.js'

/** How many values are of size 2^`exponent` or more, NaN and Infinity left out. */
export function countFrom({ exponents }: ValueStatistics, exponent: number): number {
  let count = 0
  for (let i = exponent + exponentBias; i < 255; i++) count += exponents[i]!
  return count
}

/** The exponent of the median of the values that are not zero, or undefined where all are. */
export function medianExponent({ exponents }: ValueStatistics): number | undefined {
  let total = 0
  for (let i = 1; i < 255; i++) total += exponents[i]!
  if (total === 0) return undefined
  let below = 0
  for (let i = 1; i < 255; i++) {
    below += exponents[i]!
    if (below * 2 >= total) return i - exponentBias
  }
  return undefined
}

/**
 * How many powers of two lie empty below the few largest values: trained weights thin out towards their
 * largest, and only damage stands alone. `few` is the most that may stand there.
 */
export function gapBelowLargest({ exponents }: ValueStatistics, few: number): number {
  let above = 0
  let gap = 0
  let largest = 0
  for (let i = 254; i > 0; i--) {
    const count = exponents[i]!
    if (count === 0) {
      if (above > 0) gap++
      continue
    }
    if (above > 0 && gap > 0) largest = Math.max(largest, gap)
    above += count
    gap = 0
    if (above > few) break
  }
  return largest
}
