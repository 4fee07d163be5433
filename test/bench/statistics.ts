import t from 'tap'
import { chooseFastest, compareSimplicity } from '../../dist/bench/choose.js'
import {
  areEqual,
  isSteady,
  median,
  paretoFront,
  quantile,
  rankOf,
  roundOrder,
  spreadOf,
} from '../../dist/bench/statistics.js'

t.test('quantiles are those of NumPy', async (t) => {
  // numpy.percentile([15, 20, 35, 40, 50], [0, 10, 40, 50, 90, 99, 100])
  const values = [40, 15, 50, 20, 35]
  const shares = [0, 0.1, 0.4, 0.5, 0.9, 0.99, 1]
  t.same(
    shares.map((share) => Number(quantile(values, share).toFixed(6))),
    [15, 17, 29, 35, 46, 49.6, 50],
  )
  t.same(values, [40, 15, 50, 20, 35], 'which are left in their order')
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(quantile([7], 0.99), 7)
  t.ok(Number.isNaN(quantile([], 0.5)))
})

t.test('the spread is what lies between the tenths, over the median', async (t) => {
  t.equal(spreadOf([10]), null, 'one round says nothing of others')
  t.equal(spreadOf([5, 5, 5]), 0)
  // 0.1 of 1…11 is 2, 0.9 is 10, the median is 6.
  t.equal(spreadOf([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), 8 / 6)
})

t.test('settings are equal where rounds do not agree on which is faster', async (t) => {
  const steady = [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]
  t.ok(areEqual(steady, steady))
  t.ok(
    areEqual(
      steady,
      steady.map((ms) => ms * 1.015),
    ),
    'closer than anybody could tell',
  )
  t.notOk(
    areEqual(
      steady,
      steady.map((ms) => ms * 1.05),
    ),
  )
  t.notOk(
    areEqual(
      steady.map((ms) => ms * 1.05),
      steady,
    ),
    'whichever comes first',
  )
  const drifting = [10, 20, 40, 15, 12, 30, 11, 10, 25, 10]
  t.notOk(
    areEqual(
      drifting,
      drifting.map((ms) => ms * 1.1),
    ),
    'what slows a round slows both',
  )
  t.ok(areEqual(drifting, drifting.toReversed()), 'noise that is not shared tells nothing')
  const mostly = [9, 9, 9, 9, 9, 9, 9, 11, 11, 11]
  t.ok(areEqual(steady, mostly), 'seven rounds of ten are no nine tenths')
  t.ok(areEqual([10], [20]), 'nor is one round')
})

t.test('ranks: equal settings share one', async (t) => {
  const rounds = (ms: number) => [ms, ms, ms, ms]
  t.same(rankOf([rounds(20), rounds(10), rounds(10.1), [], rounds(30)]), [2, 1, 1, null, 3])
  t.same(rankOf([]), [])
})

t.test('the front: what no other beats', async (t) => {
  const front = paretoFront([
    { time: 1, db: 50 },
    { time: 2, db: 80 },
    { time: 3, db: 70 }, // slower and worse than the one before
    { time: 2, db: 80 }, // equal to it
    { time: 4, db: 80 }, // slower at the same
    { time: 5, db: 120 },
    { time: null, db: 400 },
    { time: 0, db: null },
  ])
  t.same(front, [true, true, false, true, false, true, false, false])
})

t.test('a warm-up ends where three blocks agree', async (t) => {
  t.notOk(isSteady([10, 10]))
  t.ok(isSteady([30, 10, 10.2, 10.4]))
  t.notOk(isSteady([10, 10.2, 10.6]), '6 % apart')
  t.notOk(isSteady([10, 10, 10, 20, 10]), 'only the last count')
})

t.test('rounds: A B C, B C A, C A B', async (t) => {
  t.same(
    [0, 1, 2, 3].map((round) => roundOrder(3, round).join('')),
    ['012', '120', '201', '012'],
  )
})

const setting = (more: object) => ({
  precision: 'default' as const,
  threads: 1,
  device: 'cpu' as const,
  engineOptions: {},
  ...more,
})

t.test('of equal settings the simplest is chosen, whatever the order', async (t) => {
  const rounds = [10, 10, 10, 10]
  const close = [9.9, 9.9, 9.9, 9.9]
  const candidates = [
    { setting: setting({ engineOptions: { memory: 'low' } }), rounds: close },
    { setting: setting({ threads: 2 }), rounds: close },
    { setting: setting({ precision: 'fp32' }), rounds },
    { setting: setting({}), rounds },
    { setting: setting({ threads: 4 }), rounds: [5, 5, 5, 5].map((ms) => ms * 4) },
    { setting: setting({ precision: 'bf16' }), rounds: [] },
  ]
  t.equal(chooseFastest(candidates), candidates[3])
  t.equal(chooseFastest(candidates.toReversed()), candidates[3])
  const faster = { setting: setting({ threads: 2, engineOptions: { memory: 'low' } }), rounds: [5, 5, 5, 5] }
  t.equal(chooseFastest([...candidates, faster]), faster, 'unless another is really faster')
  t.equal(chooseFastest([]), undefined)
  t.ok(compareSimplicity(setting({}), setting({ device: 'vulkan' })) < 0)
})
