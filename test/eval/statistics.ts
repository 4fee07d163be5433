import t from 'tap'
import { bootstrap, mcnemar, wilson } from '../../dist/eval/statistics.js'

const near = (value: number | undefined, wanted: number, slack = 1e-4) =>
  value !== undefined && Math.abs(value - wanted) <= slack

t.test('Wilson: the interval of a share', async (t) => {
  // Worked out by hand from the formula with z = 1.96.
  for (const [hits, count, low, high] of [
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [978, 1000, 0.9669, 0.9854],
  ] as const) {
    const bounds = wilson(hits, count)
    t.ok(near(bounds?.low, low), `${hits} of ${count}: ${bounds?.low}`)
    t.ok(near(bounds?.high, high), `${hits} of ${count}: ${bounds?.high}`)
  }
  t.equal(wilson(0, 0), null)
})

t.test('McNemar: the exact p-value of an uneven split', async (t) => {
  t.equal(mcnemar(0, 0), 1)
  t.equal(mcnemar(1, 0), 1)
  t.ok(near(mcnemar(0, 6), 2 / 64))
  t.ok(near(mcnemar(2, 10), (2 * (1 + 12 + 66)) / 4096))
  t.equal(mcnemar(2, 10), mcnemar(10, 2))
  t.equal(mcnemar(50, 50), 1)
  t.ok(mcnemar(1000, 2000) < 1e-60, 'and of many, where powers of two run out')
})

t.test('bootstrap: the same for the same seed, and around the value', async (t) => {
  const values = Array.from({ length: 200 }, (_, i) => i % 10)
  const mean = (places: Uint32Array) => places.reduce((sum, place) => sum + values[place]!, 0) / places.length
  const bounds = bootstrap(values.length, mean, 7)
  t.same(bootstrap(values.length, mean, 7), bounds)
  t.not(bootstrap(values.length, mean, 8)?.low, bounds?.low)
  // The deviation of the mean is 2.87 / √200 = 0.203.
  t.ok(near(bounds?.low, 4.5 - 1.96 * 0.203, 0.08), String(bounds?.low))
  t.ok(near(bounds?.high, 4.5 + 1.96 * 0.203, 0.08), String(bounds?.high))
  t.equal(bootstrap(1, mean, 1), null)
  t.equal(
    bootstrap(5, () => null, 1),
    null,
  )
})
