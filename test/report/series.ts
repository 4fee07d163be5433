import t from 'tap'
import { prepareSeries } from '../../dist/report/prepareSeries.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { noisyPair } from '../helpers/report.js'

const row = (...values: number[]) => new Tensor(Float64Array.from(values), [values.length])

t.test('the worst elements come first, with coordinates, and equal errors in their order', (t) => {
  const reference = new Tensor(new Float32Array(6), [2, 3])
  const candidate = new Tensor(Float32Array.of(0, -2, 1, 5, 2, 0), [2, 3])
  t.strictSame(prepareSeries(reference, candidate).worst, [
    { index: 3, coordinate: [1, 0], reference: 0, value: 5 },
    { index: 1, coordinate: [0, 1], reference: 0, value: -2 },
    { index: 4, coordinate: [1, 1], reference: 0, value: 2 },
    { index: 2, coordinate: [0, 2], reference: 0, value: 1 },
  ])
  t.end()
})

t.test('the ten largest of many errors are those that sorting finds', (t) => {
  const [reference, candidate] = noisyPair(1, [5000])
  const errors = [...reference.data].map((value, i) => Math.abs(Number(candidate.data[i]) - Number(value)))
  const sorted = errors.map((error, i) => [error, i] as const).sort(([a], [b]) => b - a)
  t.strictSame(
    prepareSeries(reference, candidate).worst.map(({ index }) => index),
    sorted.slice(0, 10).map(([, i]) => i),
  )
  t.end()
})

t.test('a NaN or Infinity on one side is worse than any number; on both sides it is no error', (t) => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number
  const { worst, histogram, scatter } = prepareSeries(row(nan, 1, inf, 1, 1), row(nan, 9, inf, inf, nan))
  t.strictSame(
    worst.map(({ index }) => index),
    [3, 4, 1],
  )
  t.equal(
    histogram.counts.reduce((a, b) => a + b),
    1,
    'only the finite error is counted',
  )
  t.strictSame(scatter.indices, [1])
  t.end()
})

t.test(
  'the histogram counts every element, zero in the middle bin and the largest error in the last',
  (t) => {
    const { limit, counts } = prepareSeries(row(0, 0, 0, 0), row(0, 0.5, -1, 1)).histogram
    t.equal(limit, 1)
    t.equal(counts[(counts.length - 1) / 2], 1)
    t.equal(counts[0], 1)
    t.equal(counts.at(-1), 1)
    t.equal(
      counts.reduce((a, b) => a + b),
      4,
    )
    t.end()
  },
)

t.test('errors near the largest double do not overflow the histogram', (t) => {
  const { counts } = prepareSeries(row(0, 0), row(1.7e308, -1.7e308)).histogram
  t.strictSame([counts[0], counts.at(-1)], [1, 1])
  t.end()
})

t.test('identical outputs have one bin and no worst elements', (t) => {
  const { histogram, worst } = prepareSeries(row(1, 2), row(1, 2))
  t.strictSame(histogram, { limit: 0, counts: [2] })
  t.strictSame(worst, [])
  t.end()
})

t.test('the scatter is a sample that holds the worst elements and rises with the reference', (t) => {
  const [reference, candidate] = noisyPair(0.1, [1, 3, 64, 64])
  const { scatter, worst } = prepareSeries(reference, candidate, { points: 100 })
  t.equal(scatter.of, 3 * 64 * 64)
  t.ok(scatter.indices.length >= 100 && scatter.indices.length <= 110)
  t.ok(worst.every(({ index }) => scatter.indices.includes(index)))
  t.strictSame(
    [...scatter.reference].sort((a, b) => a - b),
    scatter.reference,
  )
  t.end()
})

t.test('the sample sees every channel of an NHWC tensor', (t) => {
  const [reference, candidate] = noisyPair(0.1, [32, 32, 20])
  const { indices } = prepareSeries(reference, candidate, { points: 1024 }).scatter
  t.equal(new Set(indices.map((index) => index % 20)).size, 20)
  t.end()
})

t.test('an empty output gives empty series', (t) => {
  const { histogram, scatter, worst } = prepareSeries(row(), row())
  t.strictSame([histogram.counts, scatter.indices, worst], [[0], [], []])
  t.end()
})
