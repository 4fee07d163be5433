import type { DType } from './DType.js'
import { float32Values } from './float32Values.js'
import { Tensor } from './Tensor.js'
import type { TypedArray } from './TypedArray.js'

/** What models take; half precision inputs are left to the engines. */
const arrays: Partial<Record<DType, (values: ArrayLike<number>) => TypedArray>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int32: (values) => Int32Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
}

/**
 * The tensor with its values in another element type: itself where it is of that type already, or where no
 * model takes that type; null where an integer type cannot express the values.
 */
export function castTensor(tensor: Tensor, dtype: DType): Tensor | null {
  const convert = arrays[dtype]
  if (tensor.dtype === dtype || !convert) return tensor
  const values = float32Values(tensor)
  const isFloat = dtype.startsWith('float')
  if (!isFloat && !values.every(Number.isInteger)) return null
  const data = convert(values)
  if (!isFloat && !sameValues(data, values)) return null
  return new Tensor(data, tensor.shape, { dtype, layout: tensor.layout })
}

function sameValues(data: TypedArray, values: ArrayLike<number>): boolean {
  return Array.prototype.every.call(data, (value, i) => Number(value) === values[i])
}
