import type { TensorInfo } from '../model/TensorInfo.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { Tensor } from '../tensor/Tensor.js'

/** By the model's own names, in its order, alone where it has one; or chosen once its inputs are known. */
export type PackInputs =
  | Tensor
  | readonly Tensor[]
  | NamedTensors
  | ((infos: readonly TensorInfo[]) => NamedTensors)
