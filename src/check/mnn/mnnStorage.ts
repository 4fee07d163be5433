import type { WeightStorage } from '../Finding.js'
import { collectWeights } from './collectWeights.js'
import type { MnnModel } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'

/** How an .mnn stores its weights; of constants that are no layer's weights only where there is nothing else. */
export function mnnStorage({ operators }: MnnModel): WeightStorage {
  return storageOfWeights(operators.map(collectWeights))
}

export function storageOfWeights(weights: readonly MnnWeights[]): WeightStorage {
  const tensors = weights.flatMap((each) => each.tensors)
  const storages = new Set<Exclude<WeightStorage, 'mixed' | 'none'>>(
    tensors.filter(({ role }) => role === 'weight').map(({ format }) => format),
  )
  if (weights.some(({ packed }) => packed)) storages.add('int8')
  if (storages.size === 0) for (const { format } of tensors) storages.add(format)
  if (storages.size > 1) return 'mixed'
  const [storage = 'none'] = storages
  return storage
}
