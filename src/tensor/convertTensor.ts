import type { DType, Layout, TypedArray } from './DType.js'
import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './float16.js'
import { Tensor } from './Tensor.js'

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

/**
 * A tensor's values as floating point numbers, whatever its element type: Float32Array where that is exact
 * (float32 itself, uncopied; float16, bfloat16, bool and integers of up to 16 bits), else Float64Array
 * (float64 itself, uncopied; 32-bit integers; 64-bit ones rounded to 53 bits). Do not write into the result.
 */
export function float32Values({ data, dtype }: Tensor): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data
  if (dtype === 'float16') return decodeFloat16(data as Uint16Array)
  if (dtype === 'bfloat16') return decodeBfloat16(data as Uint16Array)
  if (dtype === 'int64' || dtype === 'uint64') return fromBigInts(data as BigInt64Array)
  const numbers = data as Exclude<typeof data, BigInt64Array | BigUint64Array>
  return dtype === 'int32' || dtype === 'uint32' || dtype === 'float64'
    ? new Float64Array(numbers)
    : new Float32Array(numbers)
}

function fromBigInts(integers: BigInt64Array | BigUint64Array): Float64Array {
  const values = new Float64Array(integers.length)
  for (let i = 0; i < integers.length; i++) values[i] = Number(integers[i])
  return values
}

/** A four-dimensional tensor in the other layout: its channels move. Any other tensor is only called so. */
export function toLayout(tensor: Tensor, layout: Layout): Tensor {
  const { data, shape, dtype } = tensor
  if (tensor.layout === layout) return tensor
  if (shape.length !== 4) return new Tensor(data, shape, { dtype, layout })
  const [n, a, b, c] = shape as [number, number, number, number]
  // [N, C, H * W] and [N, H * W, C] are each other's transpose.
  const [rows, columns] = layout === 'NHWC' ? [a, b * c] : [a * b, c]
  const moved = new (data.constructor as new (length: number) => typeof data)(data.length)
  // Elements are only moved; the casts spare a copy of the loop for the two classes that hold bigints.
  const [from, to] = [data as Float64Array, moved as Float64Array]
  for (let image = 0; image < n; image++) {
    const start = image * rows * columns
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        to[start + column * rows + row] = from[start + row * columns + column]!
      }
    }
  }
  return new Tensor(moved, layout === 'NHWC' ? [n, b, c, a] : [n, c, a, b], { dtype, layout })
}
