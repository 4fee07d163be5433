import type { StoredTensor } from '../weights/StoredTensor.js'
import type { PlacedBlock } from './PlacedBlock.js'

/** The tensor in a placed block, or undefined for packed weights and tables, whose values are not plain. */
export function storedTensor({ layer, block, offset, storage }: PlacedBlock): StoredTensor | undefined {
  if (storage === 'packed' || storage === 'table' || block.count === 0) return undefined
  const { role, count, channels } = block
  const whole = channels > 0 && count % channels === 0
  return {
    layer: layer.name,
    layerType: layer.type,
    role,
    format: storage,
    count,
    channels: whole ? channels : 1,
    offset,
  }
}
