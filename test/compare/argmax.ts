import t from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import type { CompareOptions } from '../../dist/compare/measure/planComparison.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

function compare(reference: number[], candidate: number[], shape: number[], options?: CompareOptions) {
  const make = (values: number[]) => new Tensor(Float64Array.from(values), shape)
  return compareTensors(make(reference), make(candidate), options)
}

const argmax = ({
  top1Agree,
  argmaxFlips,
  explainedFlips,
  argmaxCount,
}: ReturnType<typeof compareTensors>) => [top1Agree, argmaxFlips, explainedFlips, argmaxCount]

t.test('a classifier has one position, of [n] and of [1, n]', (t) => {
  for (const shape of [[3], [1, 3]]) {
    t.strictSame(argmax(compare([1, 5, 2], [2, 4, 3], shape)), [true, 0, 0, 1])
    // Margin 5 - 2 = 3, rmse 4 / sqrt(3), 3 <= 2 * 4 * rmse: explained.
    t.strictSame(argmax(compare([1, 5, 2], [1, 1, 2], shape)), [false, 1, 1, 1])
  }
  t.end()
})

t.test('a batch of [N, n] has N positions', (t) => {
  t.strictSame(argmax(compare([1, 2, 2, 1, 0, 9], [2, 1, 2, 1, 0, 9], [3, 2])), [false, 1, 1, 3])
  t.end()
})

t.test('a map of [1, C, H, W] has H * W positions along its channels', (t) => {
  // Two classes, four pixels: the reference's best are 0 1 1 0, the candidate's 0 1 0 0. A softmax: they add up to 1.
  const reference = [0.9, 0.1, 0.4, 0.9, 0.1, 0.9, 0.6, 0.1]
  const candidate = [0.9, 0.1, 0.7, 0.9, 0.1, 0.9, 0.3, 0.1]
  t.strictSame(argmax(compare(reference, candidate, [1, 2, 2, 2])), [false, 1, 1, 4])
  // ncnn's output without the batch axis is read by the other's shape, on either side.
  const full = new Tensor(Float64Array.from(reference), [1, 2, 2, 2])
  const short = new Tensor(Float64Array.from(candidate), [2, 2, 2])
  t.strictSame(argmax(compareTensors(full, short)), [false, 1, 1, 4])
  t.strictSame(argmax(compareTensors(short, full)), [false, 1, 1, 4])
  t.end()
})

t.test('in NHWC the classes are the last dimension', (t) => {
  const make = (values: number[]) => new Tensor(Float64Array.from(values), [1, 1, 2, 3], { layout: 'NHWC' })
  t.strictSame(
    argmax(compareTensors(make([0.1, 0.3, 0.6, 0.6, 0.3, 0.1]), make([0.6, 0.3, 0.1, 0.6, 0.3, 0.1]))),
    [false, 1, 1, 2],
  )
  t.end()
})

t.test('where an axis makes no sense there is no verdict on it', (t) => {
  const none = [null, 0, 0, 0]
  t.strictSame(argmax(compare([1], [2], [1])), none)
  t.strictSame(argmax(compare([1], [2], [])), none)
  t.strictSame(argmax(compare([1, 2], [2, 1], [1, 1, 1, 2])), none, 'one channel')
  t.strictSame(argmax(compare([1, 2], [2, 1], [1, 1, 2])), none, 'three dimensions mean anything')
  t.strictSame(argmax(compare([], [], [1, 2, 0, 3])), none)
  t.end()
})

t.test('a map of few positions is a feature map, and an image has no classes', (t) => {
  const random = seededRandom(8)
  const scores = (shape: number[]) => {
    const values = Array.from({ length: shape.reduce((a, b) => a * b) }, () => random() * 2 - 1)
    return compare(values, values, shape).argmaxCount
  }
  t.equal(scores([1, 8, 8, 8]), 0, 'features')
  t.equal(scores([1, 25, 13, 13]), 0, 'a head of a detector')
  t.equal(scores([1, 3, 64, 64]), 0, 'an image')
  t.equal(scores([1, 11, 64, 64]), 64 * 64, 'a segmentation map')
  t.equal(scores([1, 21, 40, 40]), 1600)
  t.end()
})

t.test('what a convolution over everything leaves is a classifier too', (t) => {
  for (const shape of [
    [3, 1, 1],
    [1, 3, 1, 1],
  ]) {
    t.strictSame(argmax(compare([1, 5, 2], [2, 4, 3], shape)), [true, 0, 0, 1])
  }
  t.equal(compare([1, 5, 2], [1, 5, 2], [3, 1]).argmaxCount, 0, 'a batch of three single values')
  t.end()
})

t.test('the class axis can be given, counted from either end, or denied', (t) => {
  const [a, b] = [
    [1, 2, 3, 4, 3, 2],
    [3, 2, 1, 4, 3, 2],
  ] as const
  t.strictSame(argmax(compare([...a], [...b], [1, 2, 3], { classAxis: 2 })), [false, 1, 1, 2])
  t.strictSame(argmax(compare([...a], [...b], [1, 2, 3], { classAxis: -1 })), [false, 1, 1, 2])
  t.strictSame(argmax(compare([...a], [...b], [1, 2, 3], { classAxis: -2 })), [false, 1, 1, 3])
  t.strictSame(argmax(compare([1, 2], [2, 1], [2], { classAxis: null })), [null, 0, 0, 0])
  for (const classAxis of [3, -4, 0.5, Number.NaN, '0' as never]) {
    t.throws(() => compare([...a], [...b], [1, 2, 3], { classAxis }), {
      code: 'TWINFER_INVALID_ARGUMENT',
      message: /^classAxis: expected a whole number from -3 to 2, received /,
    })
  }
  t.throws(() => compare([1], [1], [], { classAxis: 0 }), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /none/,
  })
  t.end()
})

t.test('of equal scores the first class is the best', (t) => {
  t.strictSame(argmax(compare([2, 2, 1], [2, 1, 1], [3])), [true, 0, 0, 1])
  t.strictSame(argmax(compare([2, 2, 1], [1, 2, 1], [3])), [false, 1, 1, 1], 'a broken tie has margin 0')
  t.end()
})

t.test('a flip through NaN or Infinity is not explained', (t) => {
  t.strictSame(argmax(compare([1, 5], [1, Number.NaN], [2])), [false, 1, 0, 1])
  t.strictSame(argmax(compare([1, 5], [Number.POSITIVE_INFINITY, 5], [2])), [false, 1, 0, 1])
  t.strictSame(argmax(compare([1, 5], [Number.NaN, Number.NaN], [2])), [false, 1, 0, 1])
  t.strictSame(argmax(compare([Number.NaN, Number.NaN], [1, 5], [2])), [false, 1, 0, 1])
  t.strictSame(argmax(compare([Number.NaN, 5], [Number.NaN, 6], [2])), [true, 0, 0, 1])
  t.end()
})

t.test('classes masked with -Infinity on both sides do not hide that a flip is explained', (t) => {
  const masked = Number.NEGATIVE_INFINITY
  t.strictSame(argmax(compare([masked, 1, 1.1], [masked, 1.1, 1], [3])), [false, 1, 1, 1])
  t.strictSame(argmax(compare([masked, masked], [masked, masked], [2])), [true, 0, 0, 1])
  t.end()
})

t.test('flips are counted at every position, and noise of one size explains all of its own', (t) => {
  const random = seededRandom(5)
  for (let round = 0; round < 200; round++) {
    const reference = Array.from({ length: 40 }, () => random())
    const candidate = reference.map((value) => value + (random() - 0.5) * 0.6)
    const found = compare(reference, candidate, [1, 5, 2, 4], { classAxis: 1 })
    if (found.explainedFlips !== found.argmaxFlips) t.fail(`round ${round}`)
    const best = (values: number[], at: number) => {
      const scores = Array.from({ length: 5 }, (_, c) => values[c * 8 + at]!)
      return scores.indexOf(Math.max(...scores))
    }
    const flips = Array.from({ length: 8 }, (_, at) => best(reference, at) !== best(candidate, at)).filter(
      Boolean,
    )
    if (found.argmaxFlips !== flips.length)
      t.fail(`round ${round}: ${found.argmaxFlips} of ${flips.length} flips`)
  }
  t.end()
})

t.test('one hot class does not explain the flip that its own error makes', (t) => {
  const random = seededRandom(6)
  const reference = Array.from({ length: 1000 }, () => random())
  reference[7] = 30
  const candidate = reference.map((value) => value + 0.01 * (random() - 0.5))
  candidate[500] = 50
  // rmse = 50 / sqrt(1000) = 1.6; margin 29 > 2 * 4 * 1.6.
  t.strictSame(argmax(compare(reference, candidate, [1, 1000])), [false, 1, 0, 1])
  reference[8] = 29
  candidate[8] = 30.1
  t.strictSame(
    argmax(compare(reference, candidate.with(500, 0), [1, 1000])),
    [false, 1, 0, 1],
    'margin 1 beside an rmse of 0.035',
  )
  t.strictSame(argmax(compare(reference, candidate.with(500, 0), [1, 1000], { explainedBy: 0.5 })), [
    false,
    1,
    1,
    1,
  ])
  for (const explainedBy of [-1, Number.NaN, '1' as never]) {
    t.throws(() => compare([1, 2], [1, 2], [2], { explainedBy }), {
      code: 'TWINFER_INVALID_ARGUMENT',
      message: /^explainedBy: expected 0 or more, received /,
    })
  }
  t.end()
})

t.test('top k is measured where it is asked for: the share of common classes', (t) => {
  t.notHas(compare([1, 2], [1, 2], [2]), { topKOverlap: 1 })
  // Best three of the reference: 3 2 1, of the candidate: 3 0 2.
  const overlap = (topK: number) => compare([1, 2, 3, 4], [3, 1, 2, 4], [4], { topK }).topKOverlap
  t.equal(overlap(1), 1)
  t.equal(overlap(2), 1 / 2)
  t.equal(overlap(3), 2 / 3)
  t.equal(overlap(4), 1)
  t.equal(overlap(9), 1, 'more than there are')
  t.equal(compare([1], [1], [1], { topK: 5 }).topKOverlap, null)
  const nan = Number.NaN
  t.equal(compare([1, 2, 3], [nan, 2, 3], [3], { topK: 2 }).topKOverlap, 1)
  for (const topK of [0, -1, 1.5, nan, '5' as never]) {
    t.throws(() => compare([1, 2], [1, 2], [2], { topK }), {
      code: 'TWINFER_INVALID_ARGUMENT',
      message: /^topK/,
    })
  }
  t.end()
})
