import { nameInputs } from '../model/nameInputs.js'
import type { RunInputs } from '../model/RunOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { Tensor } from '../tensor/Tensor.js'

/** The inputs in the model's order. Throws what `nameInputs` throws. */
export function orderInputs(infos: readonly TensorInfo[], inputs: RunInputs): readonly Tensor[] {
  const named = nameInputs(infos, inputs)
  return infos.map(({ name }) => named[name]!)
}
