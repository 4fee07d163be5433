import type { DType, TypedArray } from '../../dist/index.js'
import { arrayForDType } from '../../dist/tensor/DType.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 2 ** -149, 1e30, 1]

/**
 * A tensor of any type: floats over many decades, with NaN, infinities, zeros and denormals among them in the
 * share `oddShare`; integers over their whole range; float16 and bfloat16 of any bits.
 */
export function randomTensor(
  random: () => number,
  dtype: DType,
  shape: readonly number[],
  oddShare = 0,
): Tensor {
  const length = shape.reduce((product, size) => product * size, 1)
  const data = new (arrayForDType(dtype))(length) as TypedArray
  for (let i = 0; i < length; i++)
    data[i] = (dtype.includes('64') && !dtype.startsWith('float') ? bigInt : number)() as never
  return new Tensor(data, shape, { dtype })

  function number(): number {
    if (dtype === 'bool') return random() < 0.5 ? 0 : 1
    if (dtype !== 'float32' && dtype !== 'float64') return Math.floor((random() - 0.5) * 2 ** 32)
    if (random() < oddShare) return odd[Math.floor(random() * odd.length)]!
    return (random() - 0.5) * 10 ** (12 * random() - 6)
  }
  function bigInt(): bigint {
    return BigInt(Math.floor((random() - 0.5) * 2 ** 63))
  }
}
