import { TwinferError } from '../../errors/TwinferError.js'
import { type DType, float32Values, Tensor, type TypedArray } from '../../tensor/index.js'
import type { AssignedInput } from './assignInputs.js'

/** What models take; half precision inputs are left to the engines. */
const targets: Partial<Record<DType, (values: ArrayLike<number>) => TypedArray>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int32: (values) => Int32Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
}

/**
 * The input in the dtype and layout that the model wants; a conversion is told in `notes`. Throws
 * TWINFER_DTYPE_MISMATCH where an integer input would lose something.
 */
export function convertInput({ tensor, info, file }: AssignedInput, notes: string[]): Tensor {
  const layout = info.layout ?? tensor.layout
  const convert = targets[info.dtype]
  if (tensor.dtype === info.dtype || !convert)
    return new Tensor(tensor.data, tensor.shape, { dtype: tensor.dtype, layout })
  const values = float32Values(tensor)
  const data = values.every(Number.isInteger) || info.dtype.startsWith('float') ? convert(values) : undefined
  if (!data || (!info.dtype.startsWith('float') && !sameValues(data, values))) {
    throw new TwinferError(
      'TWINFER_DTYPE_MISMATCH',
      `input '${info.name}': expected ${info.dtype}, ${file} holds ${tensor.dtype} values that it cannot express`,
    )
  }
  notes.push(`input '${info.name}': converted ${tensor.dtype} to ${info.dtype}`)
  return new Tensor(data, tensor.shape, { dtype: info.dtype, layout })
}

function sameValues(data: TypedArray, values: ArrayLike<number>): boolean {
  return (
    data.length === values.length &&
    Array.prototype.every.call(data, (value, i) => Number(value) === values[i])
  )
}
