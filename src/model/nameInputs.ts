import { dtypeOfArray } from '../tensor/dtypeOfArray.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import { BoundInputs } from './BoundInputs.js'
import { bindInputs } from './bindInputs.js'
import type { RunInputs } from './RunOptions.js'
import type { TensorInfo } from './TensorInfo.js'

/**
 * What `run` takes, as tensors under the model's own names: for everything that does more with inputs than run them
 * once. An input that nothing depends on may be left out. The object has no prototype, so that an input may be called
 * `__proto__`. Throws what `bindInputs` throws.
 */
export function nameInputs(infos: readonly TensorInfo[], inputs: RunInputs): NamedTensors {
  const wanted = infos.filter((info) => !info.unused || isGiven(info, infos, inputs))
  const bound = new BoundInputs()
  bindInputs(bound, wanted, inputs)
  const named = Object.create(null) as Record<string, Tensor>
  for (const [i, info] of wanted.entries()) {
    const value = isList(inputs) ? inputs[i]! : isOne(inputs) ? inputs : inputs[info.name]!
    named[info.name] = value instanceof Tensor ? value : wrap(value, info)
  }
  return named
}

function isGiven({ name }: TensorInfo, infos: readonly TensorInfo[], inputs: RunInputs): boolean {
  if (isList(inputs)) return inputs.length === infos.length
  return isOne(inputs) ? infos.length === 1 : Object(inputs)[name] !== undefined
}

/** A bare array takes the model's shape, and its element type where the array carries it. */
function wrap(array: TypedArray, { shape, dtype, layout }: TensorInfo): Tensor {
  const own = dtypeOfArray(array)
  const carries = (own === 'uint16' && /float16$/.test(dtype)) || (own === 'uint8' && dtype === 'bool')
  return new Tensor(array, shape!, { dtype: carries ? dtype : own, layout })
}

/** Array.isArray does not narrow readonly arrays. */
function isList(inputs: RunInputs): inputs is readonly (Tensor | TypedArray)[] {
  return Array.isArray(inputs)
}

function isOne(inputs: RunInputs): inputs is Tensor | TypedArray {
  return inputs instanceof Tensor || ArrayBuffer.isView(inputs)
}
