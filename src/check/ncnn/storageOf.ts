import type { WeightStorage } from '../Finding.js'
import type { PlacedBlock } from './PlacedBlock.js'

/** How the tagged weights are stored; biases and norms are float32 in every file. */
export function storageOf(blocks: readonly PlacedBlock[]): WeightStorage {
  const weights = blocks.filter(({ block }) => block.kind !== 'raw' && block.role === 'weight')
  const storages = new Set(weights.map(({ storage }) => (storage === 'packed' ? 'int8' : storage)))
  if (storages.size > 1 || storages.has('table')) return 'mixed'
  const [storage] = storages as Set<Exclude<PlacedBlock['storage'], 'packed' | 'table'>>
  return storage ?? (blocks.length > 0 ? 'fp32' : 'none')
}
