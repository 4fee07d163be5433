import type { NcnnBlock } from '../../inspect/ncnn/NcnnBlock.js'
import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { StoredTensor } from '../weights/StoredTensor.js'

/** The tensor in a block, or undefined for packed weights and tables, whose values are not plain. */
export function storedTensor(
  { layer, role, storage, count, channels, offset }: NcnnBlock,
  layers: readonly NcnnLayer[],
): StoredTensor | undefined {
  if (storage === 'packed' || storage === 'table' || count === 0) return undefined
  const { name, type } = layers[layer]!
  return { layer: name, layerType: type, role, format: storage, count, channels, offset }
}
