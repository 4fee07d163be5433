import { decodeBfloat16 } from './decodeBfloat16.js'
import { decodeFloat16 } from './decodeFloat16.js'
import type { Tensor } from './Tensor.js'

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
