import type { EngineWeight } from '../against/Comparand.js'
import { dequantise } from './dequantise.js'
import type { PackedWeights } from './MnnTensor.js'
import { slots } from './mnnSlots.js'
import { unlessDamaged } from './unlessDamaged.js'

/** Compressed weights for the comparison with the source model, where they can be unpacked. */
export function packedWeight(packed: PackedWeights): EngineWeight | undefined {
  const unpacked = unlessDamaged(() => dequantise(packed))
  if (!unpacked) return undefined
  const { values, steps } = unpacked
  const { layer, layerType, channels, quan } = packed
  const offset = quan.vector(slots.quan.buffer, 1, layer)?.offset ?? 0
  return {
    layer,
    layerType,
    offset,
    channels,
    count: values.length,
    format: 'int8',
    steps,
    values: async () => values,
  }
}
