import { TwinferError } from '../../errors/TwinferError.js'
import { castTensor, Tensor } from '../../tensor/index.js'
import type { AssignedInput } from './assignInputs.js'

/**
 * The input in the dtype and layout that the model wants; a conversion is told in `notes`. Throws
 * TWINFER_DTYPE_MISMATCH where an integer input would lose something.
 */
export function convertInput({ tensor, info, file }: AssignedInput, notes: string[]): Tensor {
  const cast = castTensor(tensor, info.dtype)
  if (cast === null) {
    throw new TwinferError(
      'TWINFER_DTYPE_MISMATCH',
      `input '${info.name}': expected ${info.dtype}, ${file} holds ${tensor.dtype} values that it cannot express`,
    )
  }
  if (cast !== tensor) notes.push(`input '${info.name}': converted ${tensor.dtype} to ${info.dtype}`)
  // A file records no layout: it is taken to be the one that the model wants.
  return new Tensor(cast.data, cast.shape, { dtype: cast.dtype, layout: info.layout ?? tensor.layout })
}
