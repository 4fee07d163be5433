import { TwinferError } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import { Tensor } from '../tensor/Tensor.js'
import type { PackInputs } from './PackInputs.js'

/** The inputs under the model's names. Throws TWINFER_MISSING_INPUT or TWINFER_UNKNOWN_INPUT. */
export function namedInputs(infos: readonly TensorInfo[], inputs: PackInputs): NamedTensors {
  if (typeof inputs === 'function') return inputs(infos)
  const ordered = inputs instanceof Tensor ? [inputs] : inputs
  if (!isList(ordered)) return ordered
  if (ordered.length === infos.length) {
    return Object.fromEntries(infos.map(({ name }, i) => [name, ordered[i]!]))
  }
  throw new TwinferError(
    ordered.length < infos.length ? 'TWINFER_MISSING_INPUT' : 'TWINFER_UNKNOWN_INPUT',
    `expected ${infos.length} inputs (${infos.map(({ name }) => name).join(', ')}), received ${ordered.length}`,
  )
}

/** Array.isArray does not narrow readonly arrays. */
function isList(value: object): value is readonly Tensor[] {
  return Array.isArray(value)
}
