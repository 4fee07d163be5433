import t from 'tap'
import { explain } from '../../dist/compare/judge/explain.js'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const random = seededRandom(7)
const shape = [1, 4, 16, 16]
const values = Float32Array.from({ length: 1024 }, () => random() * 2 - 1)
const reference = new Tensor(values, shape)
const explained = (candidate: (value: number, index: number) => number, ran = 'fp32') => {
  const tensor = new Tensor(values.map(candidate), shape)
  const comparison = compareTensors(reference, tensor, { classAxis: null, details: true })
  return explain(comparison, { floorDb: 80, ran })
}

t.test('values in other places are a layout', async (t) => {
  const transposed = explained((_, i) => values[(i % 4) * 256 + Math.floor(i / 4)]!)
  t.equal(transposed?.code, 'moved-elements')
})

t.test('other values of the same distribution are no layout', async (t) => {
  t.equal(explained(() => random() * 2 - 1)?.code, 'unrelated')
})

t.test('one scale and offset are named', async (t) => {
  t.match(
    explained((value) => value * 0.5 + 0.25),
    {
      code: 'scale-offset',
      message: /candidate = 0\.5 \* reference \+ 0\.25|each channel/,
    },
  )
})

t.test('a scale for each channel is a scale still', async (t) => {
  t.match(
    explained((value, i) => value * (1 + Math.floor(i / 256))),
    {
      code: 'scale-offset',
      message: /scale of its own, 1 to 4/,
    },
  )
})

t.test('NaN and Infinity are counted and located', async (t) => {
  t.match(
    explained((value, i) => (i === 300 ? Number.NaN : value)),
    {
      code: 'non-finite',
      message: /candidate has 1 NaN and 0 Inf among 1024 values, the first at \[0, 1, 2, 12\]/,
    },
  )
})

t.test('zeros are told apart from damage', async (t) => {
  t.equal(explained(() => 0)?.code, 'zero-output')
})

t.test('a lower precision is seen by its grid, unless it is said to have run', async (t) => {
  const toBf16 = (value: number) => {
    const bits = new Uint32Array(Float32Array.of(value).buffer)
    return new Float32Array(Uint32Array.of(bits[0]! & 0xffff0000).buffer)[0]!
  }
  t.match(explained(toBf16), { code: 'lower-precision', message: /grid of bf16, though fp32/ })
  t.equal(explained(toBf16, 'bf16'), null)
})

t.test('one value that is off is named', async (t) => {
  t.match(
    explained((value, i) => (i === 5 ? value + 1 : value + 1e-5 * (random() - 0.5))),
    {
      code: 'few-elements',
      message: /\[0, 0, 0, 5\], makes up \d\d %/,
    },
  )
})

t.test('plain noise is not explained', async (t) => {
  t.equal(
    explained((value) => value + 0.02 * (random() - 0.5)),
    null,
  )
})
