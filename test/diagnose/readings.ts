import t from 'tap'
import { readingsOf, stepOf } from '../../dist/diagnose/readings.js'
import { castTensor, float32Values } from '../../dist/tensor/convertTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const random = seededRandom(3)
const values = Float32Array.from({ length: 64 }, () => 8 * random() - 4)
const tensor = new Tensor(values, [64])
const half = castTensor(tensor, 'float16')!
const halfValues = float32Values(half)

function reading(given: Tensor, held: string, readAs: string) {
  const found = readingsOf(given).find((one) => one.held === held && one.readAs === readAs && one.note === '')
  if (!found) throw new Error(`no reading of ${held} as ${readAs}`)
  return found
}

t.test('the plain reading comes first', async (t) => {
  const [first] = readingsOf(tensor)
  t.equal(first!.held, 'float32')
  t.equal(first!.values, values)
})

t.test('fp16 comes back from whatever it was read as', async (t) => {
  const bits = half.data as Uint16Array
  t.same(reading(new Tensor(bits, [64]), 'float16', 'uint16').values, halfValues)
  t.same(reading(new Tensor(bits, [64], { dtype: 'bfloat16' }), 'float16', 'bfloat16').values, halfValues)
  t.same(reading(new Tensor(Float32Array.from(bits), [64]), 'float16', 'uint16').values, halfValues)
  t.same(reading(new Tensor(new Float32Array(bits.slice().buffer), [32]), 'float16', 'float32').values, halfValues)
})

t.test('bfloat16 that went through float32 keeps its bits', async (t) => {
  const asBrain = float32Values(new Tensor(half.data as Uint16Array, [64], { dtype: 'bfloat16' }))
  t.same(reading(new Tensor(asBrain, [64]), 'float16', 'bfloat16').values, halfValues)
})

t.test('NaN that went through float32 lost its bits, and says so', async (t) => {
  const words = new Float32Array([1.5, 2.25, -3]).buffer
  const bits = new Uint16Array(words)
  bits[2] = 0x7e01 // the lower half of 2.25, NaN in fp16
  const read = float32Values(new Tensor(bits, [6], { dtype: 'float16' }))
  const { values: back, lost } = reading(new Tensor(read, [6]), 'float32', 'float16')
  t.same([...lost!], [0, 1, 0])
  t.equal(back[0], 1.5)
  t.equal(back[2], -3)
})

t.test('float32 comes back from int32, also where that became a float', async (t) => {
  const integers = new Int32Array(values.slice().buffer)
  t.same(reading(new Tensor(integers, [64]), 'float32', 'int32').values, values)
  const { values: near } = reading(new Tensor(Float32Array.from(integers), [64]), 'float32', 'int32')
  near.forEach((value, i) => {
    t.ok(Math.abs(value - values[i]!) < 1e-4)
  })
})

t.test('labels of int64 come back from twice as many int32', async (t) => {
  const labels = BigInt64Array.from([3n, 0n, 7n, 2n])
  const read = new Int32Array(labels.buffer)
  t.same([...reading(new Tensor(read, [8]), 'int64', 'int32').values], [3, 0, 7, 2])
  t.same([...reading(new Tensor(Float32Array.from(read), [8]), 'int64', 'int32').values], [3, 0, 7, 2])
})

t.test('signed bytes that were scaled as unsigned ones are unwrapped', async (t) => {
  const levels = Int8Array.from(values, (value) => Math.round(value * 30))
  const scaled = Float32Array.from(new Uint8Array(levels.buffer), (level) => level * 0.0173)
  const found = readingsOf(new Tensor(scaled, [64])).find(({ held, readAs }) => held === 'int8' && readAs === 'uint8')
  t.same([...found!.values], [...levels])
  t.equal(found!.isQuantised, true)
})

t.test('steps are found where there are any', async (t) => {
  const grid = Float32Array.from({ length: 40 }, (_, i) => ((i * 37) % 101) * 0.0213 - 0.0213 * 50)
  t.ok(Math.abs(stepOf(grid)! - 0.0213) < 1e-5)
  t.equal(stepOf(values), null)
  t.equal(stepOf([0, 1, 2, 3, 4, 5, 6, 7]), null, 'whole numbers have no scale')
  t.equal(stepOf([1.5, 2.5]), null)
})
