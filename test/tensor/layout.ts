import t from 'tap'
import { castTensor, toLayout } from '../../dist/tensor/convertTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

t.test('channels move between NCHW and NHWC, and back again', (t) => {
  const data = Float32Array.from({ length: 2 * 3 * 2 * 4 }, (_, i) => i)
  const nchw = new Tensor(data, [2, 3, 2, 4])
  const nhwc = toLayout(nchw, 'NHWC')
  t.same([nhwc.shape, nhwc.layout], [[2, 2, 4, 3], 'NHWC'])
  for (let n = 0; n < 2; n++)
    for (let c = 0; c < 3; c++)
      for (let h = 0; h < 2; h++)
        for (let w = 0; w < 4; w++) {
          const value = nhwc.data[((n * 2 + h) * 4 + w) * 3 + c]
          if (value !== data[((n * 3 + c) * 2 + h) * 4 + w]) t.fail(`${n} ${c} ${h} ${w}: ${value}`)
        }
  t.strictSame(toLayout(nhwc, 'NCHW'), nchw)
  t.end()
})

t.test('a tensor of another rank, or in the layout already, keeps its data', (t) => {
  const vector = new Tensor(Float32Array.of(1, 2), [1, 2])
  t.equal(toLayout(vector, 'NHWC').data, vector.data)
  t.equal(toLayout(vector, 'NHWC').layout, 'NHWC')
  t.equal(toLayout(vector, 'NCHW'), vector)
  t.end()
})

t.test('values change their type only where nothing is lost', (t) => {
  const floats = new Tensor(Float32Array.of(1, -2), [2])
  t.strictSame(castTensor(floats, 'int64')?.data, BigInt64Array.of(1n, -2n))
  t.strictSame(castTensor(floats, 'int8')?.data, Int8Array.of(1, -2))
  t.equal(castTensor(floats, 'uint8'), null)
  t.equal(castTensor(new Tensor(Float32Array.of(0.5), [1]), 'int32'), null)
  t.equal(castTensor(floats, 'float32'), floats)
  t.end()
})
