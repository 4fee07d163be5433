import type { EngineWeight } from '../against/EngineWeight.js'
import { dequantise } from './dequantise.js'
import type { PackedWeights } from './MnnTensor.js'
import { slots } from './mnnSlots.js'
import { unlessDamaged } from './unlessDamaged.js'

/** Compressed weights for the comparison with the source model, where they can be unpacked. */
export function packedWeight(packed: PackedWeights): EngineWeight | undefined {
  const values = unlessDamaged(() => dequantise(packed))
  if (!values) return undefined
  const { layer, layerType, channels, quan } = packed
  const offset = quan.vector(slots.quan.buffer, 1, layer)?.offset ?? 0
  return {
    layer,
    layerType,
    offset,
    channels,
    count: values.length,
    format: 'int8',
    values: async () => values,
  }
}
