import type { FindingList } from '../FindingList.js'
import { medianExponent } from './exponentShare.js'
import type { StoredTensor } from './StoredTensor.js'
import type { ValueStatistics } from './ValueStatistics.js'

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
