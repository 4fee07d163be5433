import { bytesPerValue, type StoredTensor } from './StoredTensor.js'

/** Where a finding about a tensor, or about one of its values, is. */
export function placeIn(tensor: StoredTensor, index = 0) {
  return { layer: tensor.layer, offset: tensor.offset + index * bytesPerValue[tensor.format] }
}

const plurals = { weight: 'weights', bias: 'biases', scale: 'scales', data: 'values' } as const

/** A tensor in a message: `144 weights of 'conv1'`. */
export function describeTensor({ count, role, layer }: StoredTensor): string {
  return `${count} ${plurals[role]} of '${layer}'`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`
}
