import t from 'tap'
import { Tensor } from 'twinfer'
import type { EvalSet, Label } from '../../dist/eval/data/EvalSet.js'
import { cosine } from '../../dist/eval/metrics/cosine.js'
import { eer } from '../../dist/eval/metrics/eer.js'
import type { Metric, MetricContext } from '../../dist/eval/metrics/Metric.js'
import { miou } from '../../dist/eval/metrics/miou.js'
import { ownMetric } from '../../dist/eval/metrics/ownMetric.js'
import { topK } from '../../dist/eval/metrics/topK.js'

const row = (...scores: number[]) => new Tensor(Float32Array.from(scores), [1, scores.length])

function context(count: number, more: Partial<EvalSet> = {}): MetricContext {
  const samples = Array.from({ length: count }, (_, place) => ({
    name: `s${place}`,
    read: async () => ({ inputs: {} }),
    label: async () => undefined,
  }))
  const set: EvalSet = { path: 'set', kind: 'arrays', samples, digest: '', notes: [], ...more }
  return { set, classes: undefined, seed: 1 }
}

async function measure(
  metric: Metric,
  outputs: readonly Tensor[],
  labels: readonly Label[],
  reference?: readonly Tensor[],
) {
  const measured = []
  for (const [place, output] of outputs.entries()) {
    measured.push(
      await metric.measure({
        outputs: { out: output },
        output,
        reference: reference?.[place],
        label: labels[place],
        name: `s${place}`,
        place,
        model: 'm',
      }),
    )
  }
  return measured
}

t.test('top-k: shares, by class, and who changed', async (t) => {
  const candidate = await measure(
    topK(1),
    [row(3, 2, 1), row(1, 3, 2), row(1, 2, 3), row(5, 5, 1)],
    [0, 2, 2, 1],
  )
  const reference = await measure(
    topK(1),
    [row(3, 2, 1), row(1, 2, 3), row(1, 2, 3), row(1, 5, 1)],
    [0, 2, 2, 1],
  )
  const { value, count, classes } = topK(1).summarise(candidate, context(4))
  t.equal(value, 0.5, 'of equal scores the first one is the best')
  t.equal(count, 4)
  t.match(classes, [
    { index: 0, count: 1, value: 1 },
    { index: 1, count: 1, value: 0 },
    { index: 2, count: 2, value: 0.5 },
  ])
  t.equal(topK(2).summarise(candidate, context(4)).value, 1)
  const difference = topK(1).differ!(reference, candidate, context(4))
  t.match(difference, {
    value: -0.5,
    onlyReference: 2,
    onlyCandidate: 0,
    pValue: 0.5,
    significant: false,
    flips: 2,
  })
  t.match(difference.confusion, [
    { label: 1, reference: 1, candidate: 0, count: 1, samples: ['s3'] },
    { label: 2, reference: 2, candidate: 1, count: 1, samples: ['s1'] },
  ])
})

t.test('top-k: NaN is never right', async (t) => {
  const measured = await measure(topK(5), [row(Number.NaN, 2, 1), row(Number.NaN, Number.NaN, 1)], [0, 2])
  t.equal(topK(5).summarise(measured, context(2)).value, 0.5)
  t.same(measured, [
    [0, 1, null],
    [2, 2, 0],
  ])
})

t.test('top-k: what cannot be measured is said with the sample', async (t) => {
  await t.rejects(measure(topK(1), [row(1, 2)], [undefined]), {
    code: 'TWINFER_DATA_INVALID',
    message: /^s0: /,
  })
  await t.rejects(measure(topK(1), [row(1, 2)], [2]), { code: 'TWINFER_DATA_INVALID', message: /below 2/ })
  const map = new Tensor(new Float32Array(8), [1, 2, 2, 2])
  await t.rejects(measure(topK(1), [map], [0]), { code: 'TWINFER_DATA_INVALID', help: /miou/ })
  await t.rejects(measure(topK(1, true, 3), [row(1, 2)], [0]), {
    code: 'TWINFER_DATA_INVALID',
    message: /3 folders/,
  })
})

/** Scores of three classes for four pixels, each of which is of the class given. */
function mask(...classes: number[]): Tensor {
  const scores = new Float32Array(12)
  for (const [pixel, index] of classes.entries()) scores[index * 4 + pixel] = 1
  return new Tensor(scores, [1, 3, 2, 2])
}
const labels = (...classes: number[]) => new Tensor(Uint8Array.from(classes), [2, 2])

t.test('mIoU: over the sums of the set, without classes that do not occur', async (t) => {
  const measured = await measure(
    miou(undefined),
    [mask(0, 0, 1, 1), mask(1, 1, 1, 1)],
    [labels(0, 1, 1, 1), labels(1, 1, 0, 1)],
  )
  const { value, count, details, classes } = miou(undefined).summarise(measured, context(2))
  // Class 0: 1 of 3 in the union. Class 1: 5 of 7.
  t.ok(Math.abs(value! - (1 / 3 + 5 / 7) / 2) < 1e-12, String(value))
  t.equal(count, 8)
  t.equal(details?.pixelAccuracy, 6 / 8)
  t.same(
    classes?.map(({ index, count }) => [index, count]),
    [
      [0, 2],
      [1, 6],
    ],
  )
})

t.test('mIoU: ignored pixels, flips, and masks that do not fit', async (t) => {
  const metric = miou(255)
  const [reference, output] = [mask(0, 0, 1, 1), mask(0, 2, 1, 1)]
  const measured = await measure(metric, [output], [labels(0, 255, 1, 1)], [reference])
  t.equal(metric.summarise(measured, context(1)).value, 1)
  t.equal(metric.differ!(measured, measured, context(1)).flips, 1)
  await t.rejects(measure(miou(undefined), [output], [labels(0, 255, 1, 1)]), {
    message: /below 3/,
    help: /--ignore-label/,
  })
  const small = new Tensor(new Uint8Array(2), [1, 2])
  await t.rejects(measure(metric, [output], [small]), { code: 'TWINFER_DATA_INVALID', message: /2.*2/ })
  await t.rejects(measure(metric, [output], [1]), { code: 'TWINFER_DATA_INVALID', message: /a mask/ })
})

t.test('cosine: the mean, and the name of the worst', async (t) => {
  const measured = await measure(cosine, [row(1, 0), row(1, 1)], [], [row(2, 0), row(1, 0)])
  const { value, details } = cosine.summarise(measured, context(2))
  t.ok(Math.abs(value! - (1 + Math.SQRT1_2) / 2) < 1e-7, String(value))
  t.equal(details?.leastSample, 's1')
})

t.test('EER: where both rates meet', async (t) => {
  const people = [row(1, 0), row(1, 0.1), row(0, 1), row(0.1, 1)]
  const embedded = await measure(eer, people, [0, 0, 1, 1])
  t.match(eer.summarise(embedded, context(4)), { value: 0, count: 6, details: { same: 2, other: 4 } })
  const wrong = await measure(eer, people, [0, 1, 0, 1])
  t.equal(eer.summarise(wrong, context(4)).value, 0.5)
  const pairs = [
    { a: 0, b: 1, same: true },
    { a: 0, b: 2, same: true },
    { a: 2, b: 3, same: false },
    { a: 1, b: 2, same: false },
  ]
  t.equal(eer.summarise(embedded, context(4, { pairs })).value, 0.5)
  t.equal(eer.summarise(embedded, context(4, { pairs: pairs.slice(0, 2) })).value, null)
  const nameless = await measure(eer, people, [])
  t.throws(() => eer.summarise(nameless, context(4)), { code: 'TWINFER_DATA_INVALID' })
})

t.test("a metric of one's own: the mean, or what it makes of them", async (t) => {
  const mean = ownMetric({ name: 'first', measure: ({ out }) => Number(out!.data[0]) })
  t.equal(mean.summarise(await measure(mean, [row(1), row(3)], []), context(2)).value, 2)
  const largest = ownMetric({
    name: 'largest',
    measure: (outputs) => Number(outputs.out!.data[0]),
    summarise: (values) => Math.max(...(values as number[])),
  })
  t.equal(largest.summarise(await measure(largest, [row(1), row(3)], []), context(2)).value, 3)
  const text = ownMetric({ name: 'text', measure: () => 'x' })
  await t.rejects(measure(text, [row(1)], []), { code: 'TWINFER_INVALID_OPTION', message: /number/ })
  for (const own of [
    null,
    {},
    { name: 'a' },
    { name: '', measure() {} },
    { name: 'a', measure() {}, summarise: 1 },
  ]) {
    t.throws(() => ownMetric(own as never), { code: 'TWINFER_INVALID_OPTION' })
  }
  const failing = ownMetric({
    name: 'failing',
    measure() {
      throw new RangeError('mine')
    },
  })
  await t.rejects(measure(failing, [row(1)], []), RangeError, 'its errors are its own')
})
