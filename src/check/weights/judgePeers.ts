import type { FindingList } from '../FindingList.js'
import { exponentBias, type StoredTensor, type ValueStatistics } from './StoredTensor.js'

export interface ScannedTensor {
  readonly tensor: StoredTensor
  readonly statistics: ValueStatistics
}

/** Powers of two above the median of their kind from which on a layer's weights are remarkable. */
const farAbove = 9
/** Below this many there is nothing to compare with. */
const fewestPeers = 4

/** Compares the size of each layer's weights with that of the others, which a scaled tensor stands out from. */
export function judgePeers(tensors: readonly ScannedTensor[], findings: FindingList): void {
  const sizes = tensors
    .filter(({ tensor }) => tensor.role === 'weight' && tensor.format !== 'int8')
    .flatMap(({ tensor, statistics }) => {
      const exponent = medianExponent(statistics)
      return exponent === undefined ? [] : [{ tensor, exponent }]
    })
  if (sizes.length < fewestPeers) return
  const usual = sizes.map(({ exponent }) => exponent).sort((a, b) => a - b)[sizes.length >> 1]!
  for (const { tensor, exponent } of sizes) {
    if (exponent - usual < farAbove) continue
    findings.warning(
      'weight-outlier',
      `the weights of '${tensor.layer}' are of about 2^${exponent}, those of the other layers of about 2^${usual}`,
      { layer: tensor.layer, offset: tensor.offset, help: 'Was this layer scaled?' },
    )
  }
}

/** How many values are of size 2^`exponent` or more, NaN and Infinity left out. */
export function countFrom({ exponents }: ValueStatistics, exponent: number): number {
  let count = 0
  for (let i = exponent + exponentBias; i < 255; i++) count += exponents[i]!
  return count
}

/** The exponent of the median of the values that are not zero, or undefined where all are. */
function medianExponent({ exponents }: ValueStatistics): number | undefined {
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
