import type { DType } from './DType.js'
import { encodeBfloat16 } from './encodeBfloat16.js'
import { encodeFloat16 } from './encodeFloat16.js'
import { float32Values } from './float32Values.js'
import { Tensor } from './Tensor.js'
import type { TypedArray } from './TypedArray.js'

const fromNumbers: Readonly<Record<DType, (values: ArrayLike<number>) => TypedArray>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  float16: encodeFloat16,
  bfloat16: encodeBfloat16,
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int16: (values) => Int16Array.from(values),
  uint16: (values) => Uint16Array.from(values),
  int32: (values) => Int32Array.from(values),
  uint32: (values) => Uint32Array.from(values),
  int64: (values) => BigInt64Array.from(Array.from(values, BigInt)),
  uint64: (values) => BigUint64Array.from(Array.from(values, BigInt)),
  bool: (values) => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
}

const floats: readonly DType[] = ['float64', 'float32', 'float16', 'bfloat16']

/**
 * The tensor with its values in another element type: itself where it is of that type already. A floating point
 * type rounds, as that type's arithmetic would; null where values cannot be expressed at all: fractions and what is
 * out of range in integers, finite values that float16 has no room for, integers beyond 2^53 that would round.
 */
export function castTensor(tensor: Tensor, dtype: DType): Tensor | null {
  if (tensor.dtype === dtype) return tensor
  if (holdsUnsafeIntegers(tensor)) return null
  const values = float32Values(tensor)
  const isFloat = floats.includes(dtype)
  if (!isFloat && !values.every(Number.isInteger)) return null
  const cast = new Tensor(fromNumbers[dtype](values), tensor.shape, { dtype, layout: tensor.layout })
  const read = float32Values(cast)
  const fits = isFloat
    ? (value: number, i: number) => Number.isFinite(read[i]!) || !Number.isFinite(value)
    : (value: number, i: number) => read[i] === value
  return Array.prototype.every.call(values, fits) ? cast : null
}

function holdsUnsafeIntegers({ data }: Tensor): boolean {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return false
  const most = BigInt(Number.MAX_SAFE_INTEGER)
  return data.some((value) => value > most || value < -most)
}
