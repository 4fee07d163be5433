import t from 'tap'
import { castTensor } from '../../dist/tensor/convertTensor.js'
import { decodeFloat16, encodeBfloat16, encodeFloat16 } from '../../dist/tensor/float16.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

t.test('every half survives being read and written', (t) => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const back = encodeFloat16(decodeFloat16(bits))
  const noNumber = (half: number) => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0
  t.equal(
    bits.findIndex((half, i) => (noNumber(half) ? !noNumber(back[i]!) : half !== back[i])),
    -1,
  )
  t.end()
})

t.test('between two halves the nearer one is taken, of a tie the even one', (t) => {
  for (let half = 0; half < 0x7bff; half += 7) {
    const [low, high] = decodeFloat16(Uint16Array.of(half, half + 1)) as unknown as [number, number]
    const middle = (low + high) / 2
    const even = half % 2 === 0 ? half : half + 1
    const near = [middle, middle - (high - low) / 1000, middle + (high - low) / 1000].map(Math.fround)
    const wanted = near.map((value) => (value === middle ? even : value < middle ? half : half + 1))
    const got = [...encodeFloat16(near)]
    if (got.join() !== wanted.join()) t.same(got, wanted, `after ${low}`)
  }
  t.same([...encodeFloat16([65504, 65519, 65520, -1e9])], [0x7bff, 0x7bff, 0x7c00, 0xfc00])
  t.end()
})

t.test('bfloat16 is the upper half of a float32, rounded', (t) => {
  t.same(
    [...encodeBfloat16([1, -2, 1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8])],
    [0x3f80, 0xc000, 0x3f80, 0x3f80, 0x3f82],
  )
  t.ok((encodeBfloat16([Number.NaN])[0]! & 0x7fff) > 0x7f80)
  t.end()
})

t.test('what a type cannot express is not cast', (t) => {
  const cast = (values: Tensor['data'], dtype: Parameters<typeof castTensor>[1]) =>
    castTensor(new Tensor(values, [values.length]), dtype)?.data ?? null
  t.same(cast(Float32Array.of(70000), 'float16'), null)
  t.same(
    cast(Float32Array.of(Number.POSITIVE_INFINITY, Number.NaN), 'float16'),
    Uint16Array.of(0x7c00, 0x7e00),
  )
  t.same(cast(Float64Array.of(1e300), 'float32'), null)
  t.same(cast(BigInt64Array.of(5n, -7n), 'int32'), Int32Array.of(5, -7))
  t.same(cast(BigInt64Array.of(2n ** 40n), 'int32'), null)
  t.same(cast(BigInt64Array.of(2n ** 60n), 'float32'), null)
  t.same(cast(Int32Array.of(-1), 'uint32'), null)
  t.same(cast(Int32Array.of(3), 'int64'), BigInt64Array.of(3n))
  t.same(cast(Float32Array.of(0, 1), 'bool'), Uint8Array.of(0, 1))
  t.same(cast(Float32Array.of(2), 'bool'), null)
  t.end()
})
