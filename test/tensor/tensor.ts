import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { DType, TypedArray } from '../../dist/tensor/DType.js'
import { requireTensor } from '../../dist/tensor/requireTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

t.test('a tensor keeps the array it was given, without a copy', (t) => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6)
  const tensor = new Tensor(data, [2, 3])
  t.equal(tensor.data, data)
  t.strictSame(tensor.shape, [2, 3])
  t.equal(tensor.dtype, 'float32')
  t.equal(tensor.layout, 'NCHW')
  t.equal(tensor.length, 6)
  t.end()
})

t.test('every array class has its own element type', (t) => {
  const expected: [TypedArray, DType][] = [
    [new Float32Array(1), 'float32'],
    [new Float64Array(1), 'float64'],
    [new Int8Array(1), 'int8'],
    [new Uint8Array(1), 'uint8'],
    [new Uint8ClampedArray(1), 'uint8'],
    [Buffer.alloc(1), 'uint8'],
    [new Int16Array(1), 'int16'],
    [new Uint16Array(1), 'uint16'],
    [new Int32Array(1), 'int32'],
    [new Uint32Array(1), 'uint32'],
    [new BigInt64Array(1), 'int64'],
    [new BigUint64Array(1), 'uint64'],
  ]
  for (const [data, dtype] of expected) t.equal(new Tensor(data, [1]).dtype, dtype)
  t.end()
})

t.test('a Uint16Array can carry float16 and bfloat16, a Uint8Array bool, and nothing else', (t) => {
  t.equal(new Tensor(new Uint16Array(1), [1], { dtype: 'float16' }).dtype, 'float16')
  t.equal(new Tensor(new Uint16Array(1), [1], { dtype: 'bfloat16' }).dtype, 'bfloat16')
  t.equal(new Tensor(new Uint8Array(1), [1], { dtype: 'bool' }).dtype, 'bool')
  t.throws(() => new Tensor(new Float32Array(1), [1], { dtype: 'float16' }), {
    code: 'TWINFER_DTYPE_MISMATCH',
    message: 'dtype float16: expected a Uint16Array, received Float32Array (float32)',
  })
  t.throws(() => new Tensor(new Uint16Array(1), [1], { dtype: 'int16' }), { code: 'TWINFER_DTYPE_MISMATCH' })
  t.throws(() => new Tensor(new Int8Array(1), [1], { dtype: 'bool' }), { code: 'TWINFER_DTYPE_MISMATCH' })
  t.end()
})

t.test('a shape of another length is refused with both numbers', (t) => {
  t.throws(() => new Tensor(new Float32Array(5), [2, 3]), {
    code: 'TWINFER_LENGTH_MISMATCH',
    message: 'shape [2, 3]: expected 6 elements, received 5',
  })
  t.throws(() => new Tensor(new Float32Array(0), []), { code: 'TWINFER_LENGTH_MISMATCH' })
  t.throws(() => new Tensor(new Float32Array(7), [2, 3]), {
    code: 'TWINFER_LENGTH_MISMATCH',
    message: /received 7/,
  })
  t.end()
})

t.test('a scalar has an empty shape and one element, and a dimension of 0 makes an empty tensor', (t) => {
  t.equal(new Tensor(Float32Array.of(7), []).length, 1)
  t.equal(new Tensor(new Float32Array(0), [3, 0]).length, 0)
  t.end()
})

t.test('dimensions that are no whole numbers are refused, each with its place', (t) => {
  for (const bad of [
    Number.NaN,
    -1,
    1.5,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    '3' as never,
    3n as never,
    null as never,
  ]) {
    t.throws(() => new Tensor(new Float32Array(3), [1, bad]), {
      code: 'TWINFER_INVALID_ARGUMENT',
      message: /^shape\[1\]: expected a whole number >= 0, received /,
    })
  }
  for (const bad of [undefined, null, 3, 'abc', { length: 1, 0: 3 }, Int32Array.of(3)]) {
    t.throws(() => new Tensor(new Float32Array(3), bad as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  }
  t.throws(() => new Tensor(new Float32Array(3), new Array<number>(1)), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.end()
})

t.test('data that are no typed array are refused by what they are', (t) => {
  const received = (data: unknown) => () => new Tensor(data as TypedArray, [1])
  t.throws(received([1]), { code: 'TWINFER_INVALID_ARGUMENT', message: /received Array/ })
  t.throws(received(null), { code: 'TWINFER_INVALID_ARGUMENT', message: /received null/ })
  t.throws(received(new ArrayBuffer(4)), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /received ArrayBuffer/,
  })
  t.throws(received(new DataView(new ArrayBuffer(4))), {
    code: 'TWINFER_DTYPE_MISMATCH',
    message: /received DataView/,
  })
  t.throws(received({ length: 1, [Symbol.toStringTag]: 'Float32Array' }), {
    code: 'TWINFER_INVALID_ARGUMENT',
  })
  t.end()
})

t.test('unknown element types and layouts are refused', (t) => {
  const make = (options: object) => () => new Tensor(new Float32Array(1), [1], options)
  t.throws(make({ dtype: 'half' }), { code: 'TWINFER_INVALID_ARGUMENT', message: /"half"/ })
  t.throws(make({ dtype: 'constructor' }), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(make({ layout: 'NC4HW4' }), { code: 'TWINFER_INVALID_ARGUMENT', message: /"NC4HW4"/ })
  t.equal(new Tensor(new Float32Array(1), [1], { layout: 'NHWC' }).layout, 'NHWC')
  t.end()
})

t.test('the shape is copied and frozen, so that changing the original changes nothing', (t) => {
  const shape = [1, 2]
  const tensor = new Tensor(new Float32Array(2), shape)
  shape[0] = 9
  t.strictSame(tensor.shape, [1, 2])
  t.throws(() => (tensor.shape as number[]).push(3), TypeError)
  t.end()
})

t.test('an array over a transferred buffer is refused as detached', (t) => {
  const data = new Float32Array(4)
  structuredClone(data, { transfer: [data.buffer] })
  t.throws(() => new Tensor(data, [4]), { code: 'TWINFER_BUFFER_DETACHED' })
  t.throws(() => new Tensor(data, [0]), { code: 'TWINFER_BUFFER_DETACHED' })
  t.end()
})

t.test('a tensor whose buffer was transferred away later is noticed', (t) => {
  const tensor = new Tensor(new Float32Array(4), [4])
  t.equal(requireTensor(tensor, 'input x'), tensor)
  structuredClone(tensor.data, { transfer: [tensor.data.buffer as ArrayBuffer] })
  t.throws(() => requireTensor(tensor, 'input x'), {
    code: 'TWINFER_BUFFER_DETACHED',
    message: /^input x: expected 4 elements, received 0/,
  })
  t.throws(() => requireTensor({} as Tensor, 'input x'), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.end()
})

t.test('arrays at an offset and arrays of another realm are fine', (t) => {
  const whole = Float32Array.of(0, 1, 2, 3)
  t.strictSame([...new Tensor(whole.subarray(1, 3), [2]).data], [1, 2])
  const foreign = runInNewContext('Float32Array.of(1, 2)') as Float32Array
  t.equal(new Tensor(foreign, [2]).dtype, 'float32')
  t.end()
})

t.test('zeros makes every element type, and says so where there is no room', (t) => {
  t.strictSame(Tensor.zeros([2, 2]).data, new Float32Array(4))
  t.strictSame(Tensor.zeros([2], 'int64').data, new BigInt64Array(2))
  t.strictSame(Tensor.zeros([2], 'float16').data, new Uint16Array(2))
  t.equal(Tensor.zeros([2], 'bool').dtype, 'bool')
  t.throws(() => Tensor.zeros([2 ** 40, 2 ** 10]), { code: 'TWINFER_OUT_OF_MEMORY' })
  t.throws(() => Tensor.zeros([-1]), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => Tensor.zeros([1], 'f4' as DType), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.end()
})
