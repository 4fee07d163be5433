import type { StoredAs } from '../Finding.js'
import { collectWeights } from './collectWeights.js'
import type { MnnModel } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'
import { packedStorage } from './packedStorage.js'
import { unlessDamaged } from './unlessDamaged.js'

/** How an .mnn stores its weights, each way once. */
export function mnnStorages({ operators }: MnnModel): readonly StoredAs[] {
  return storagesOfWeights(operators.map(collectWeights))
}

/** Constants that are no layer's weights count only where there is nothing else. */
export function storagesOfWeights(weights: readonly MnnWeights[]): readonly StoredAs[] {
  const tensors = weights.flatMap((each) => each.tensors)
  const storages = new Set<StoredAs>(
    tensors.filter(({ role }) => role === 'weight').map(({ format }) => format),
  )
  for (const { packed } of weights)
    if (packed) storages.add(unlessDamaged(() => packedStorage(packed.quan)) ?? 'int8')
  if (storages.size === 0) for (const { format } of tensors) storages.add(format)
  return [...storages]
}
