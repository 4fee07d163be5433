import type { NcnnBlock } from '../../inspect/ncnn/NcnnBlock.js'
import type { StoredAs } from '../Finding.js'

/**
 * How the weights are stored, each way once; biases and norms are float32 in every file. Tables of 256 values are
 * told as what they hold, an index of a byte each.
 */
export function storagesOf(blocks: readonly NcnnBlock[]): readonly StoredAs[] {
  const weights = blocks.filter(({ role }) => role === 'weight')
  if (weights.length === 0) return blocks.length > 0 ? ['fp32'] : []
  return [...new Set(weights.map(storedAs))]
}

function storedAs({ storage, bits }: NcnnBlock): StoredAs {
  if (storage === 'packed') return `int${bits}`
  return storage === 'table' ? 'int8' : storage
}
