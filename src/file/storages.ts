import type { MnnNet } from './MnnReport.js'
import type { NcnnBlock } from './NcnnReport.js'

/** Whole numbers of this many bits, with scales. */
export type IntegerStorage = 'int2' | 'int3' | 'int4' | 'int5' | 'int6' | 'int7' | 'int8'

/** How one tensor of weights is stored. */
export type StoredAs = 'fp32' | 'fp16' | 'bf16' | IntegerStorage

/** How a file stores its weights; `none` for a model without any. */
export type WeightStorage = StoredAs | 'mixed' | 'none'

export function summariseStorages(storages: readonly StoredAs[]): WeightStorage {
  const [storage = 'none', ...others] = storages
  return others.length > 0 ? 'mixed' : storage
}

/**
 * How the weights of a .bin are stored, each way once; biases and norms are float32 in every file. Tables of 256
 * values are told as what they hold, an index of a byte each.
 */
export function storagesOfNcnn(blocks: readonly NcnnBlock[]): readonly StoredAs[] {
  const weights = blocks.filter(({ role }) => role === 'weight')
  if (weights.length === 0) return blocks.length > 0 ? ['fp32'] : []
  return [...new Set(weights.map(storedAs))]
}

function storedAs({ storage, bits }: NcnnBlock): StoredAs {
  if (storage === 'packed') return `int${bits}`
  return storage === 'table' ? 'int8' : storage
}

/** How an .mnn stores its weights, each way once. Constants that are no layer's weights count only where there is nothing else. */
export function storagesOfMnn({ weights, packed, operators }: MnnNet): readonly StoredAs[] {
  const inGraph = ({ operator }: { readonly operator: number }) => operators[operator]!.subgraph === null
  const tensors = weights.filter(inGraph)
  const storages = new Set<StoredAs>([
    ...tensors.filter(({ role }) => role === 'weight').map(({ format }) => format),
    ...packed.filter(inGraph).map(({ bits }) => `int${bits}` as const),
  ])
  return [...(storages.size > 0 ? storages : new Set(tensors.map(({ format }) => format)))]
}
