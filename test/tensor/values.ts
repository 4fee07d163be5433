import t from 'tap'
import { float32Values } from '../../dist/tensor/convertTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

t.test('floating point tensors give their own array', (t) => {
  for (const data of [Float32Array.of(1), Float64Array.of(1)])
    t.equal(float32Values(new Tensor(data, [1])), data)
  t.end()
})

t.test('float16 patterns have the values of IEEE 754', (t) => {
  const expected: [bits: number, value: number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
    [0xfc01, Number.NaN],
  ]
  const bits = Uint16Array.from(expected.map(([pattern]) => pattern))
  const values = float32Values(new Tensor(bits, [bits.length], { dtype: 'float16' }))
  for (const [i, [pattern, value]] of expected.entries()) {
    t.ok(Object.is(values[i], value), `0x${pattern.toString(16)} is ${value}, got ${values[i]}`)
  }
  t.end()
})

t.test('bfloat16 patterns are the upper half of a float32', (t) => {
  const bits = Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x7f80, 0x7fc0, 0x0001)
  const values = float32Values(new Tensor(bits, [6], { dtype: 'bfloat16' }))
  t.strictSame([...values], [1, -2, 3.140625, Number.POSITIVE_INFINITY, Number.NaN, 2 ** -133])
  t.end()
})

t.test('integers keep their values, in float64 where float32 would round', (t) => {
  const values = (tensor: Tensor) => [...float32Values(tensor)]
  t.strictSame(values(new Tensor(Int8Array.of(-128, 127), [2])), [-128, 127])
  t.strictSame(values(new Tensor(Uint16Array.of(65535), [1])), [65535])
  t.strictSame(values(new Tensor(Uint8Array.of(0, 1), [2], { dtype: 'bool' })), [0, 1])
  t.strictSame(values(new Tensor(Int32Array.of(-16777217), [1])), [-16777217])
  t.strictSame(values(new Tensor(Uint32Array.of(4294967295), [1])), [4294967295])
  t.strictSame(values(new Tensor(BigInt64Array.of(-9007199254740991n), [1])), [-9007199254740991])
  t.strictSame(values(new Tensor(BigUint64Array.of(2n ** 63n), [1])), [2 ** 63])
  t.end()
})
