import type { StoredAs } from '../Finding.js'
import type { PlacedBlock } from './PlacedBlock.js'

/**
 * How the tagged weights are stored, each way once; biases and norms are float32 in every file. Tables of 256
 * values are told as what they hold, an index of a byte each.
 */
export function storagesOf(blocks: readonly PlacedBlock[]): readonly StoredAs[] {
  const weights = blocks.filter(({ block }) => block.kind !== 'raw' && block.role === 'weight')
  if (weights.length === 0) return blocks.length > 0 ? ['fp32'] : []
  return [...new Set(weights.map(storedAs))]
}

function storedAs({ block, storage }: PlacedBlock): StoredAs {
  if (storage === 'packed') return `int${block.bits ?? 8}`
  return storage === 'table' ? 'int8' : storage
}
