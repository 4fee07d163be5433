import t from 'tap'
import { judge } from '../../dist/compare/judge/judge.js'
import type { JudgedPrecision } from '../../dist/compare/judge/passRules.js'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { sumParts } from '../../dist/compare/measure/measurePlainly.js'
import { native } from '../../dist/native/native.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const precisions: JudgedPrecision[] = ['fp32', 'fp16', 'fp16-storage', 'fp16-weights', 'bf16', 'int8']
/** What noise of each precision is relative to the values, at the least. */
const noiseOf = {
  fp32: 1e-6,
  fp16: 1e-3,
  'fp16-storage': 1e-3,
  'fp16-weights': 1e-3,
  bf16: 5e-3,
  int8: 0.03,
} as Record<string, number>

const random = seededRandom(12)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Values whose scale, and noise, follow the index along one dimension. */
function pair(shape: number[], axis: number, scales: readonly number[], noise: number) {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const length = shape.reduce((a, b) => a * b, 1)
  const scaleAt = (i: number) => scales[Math.floor(i / inner) % scales.length]!
  const reference = Float32Array.from({ length }, (_, i) => scaleAt(i) * (1 + 0.5 * normal()))
  const candidate = reference.map((value, i) => value + noise * scaleAt(i) * normal())
  return { shape, inner, count: shape[axis]!, reference, candidate }
}

type Pair = ReturnType<typeof pair>

function judged(data: Pair, precision: JudgedPrecision, change?: (value: number, part: number) => number) {
  const { shape, inner, count, reference, candidate } = data
  const changed = change
    ? candidate.map((value, i) => change(value, Math.floor(i / inner) % count))
    : candidate
  return judge(compareTensors(new Tensor(reference, shape), new Tensor(changed, shape)), precision)
}

// Boxes in pixels and scores: by rows of a head, its transposition, and channels of a map.
const heads: [name: string, shape: number[], axis: number][] = [
  ['rows', [1, 7, 400], 1],
  ['columns', [1, 400, 7], 2],
  ['channels', [1, 7, 20, 20], 1],
  ['channels without a batch', [7, 20, 20], 0],
]
const scales = [320, 300, 180, 150, 0.4, 0.1, 0.02]

for (const [name, shape, axis] of heads) {
  t.test(`${name} of other scales are judged by themselves`, async (t) => {
    for (const precision of precisions) {
      const data = pair(shape, axis, scales, noiseOf[precision]!)
      t.ok(judged(data, precision).pass, `${precision}: noise passes`)
      for (const [loss, change] of [
        ['all scores', (value: number, part: number) => (part >= 4 ? value * 3e-4 : value)],
        ['one score', (value: number, part: number) => (part === 5 ? 0 : value)],
        ['one score x 1.5', (value: number, part: number) => (part === 5 ? value * 1.5 : value)],
        ['garbage in a score', (value: number, part: number) => (part === 4 ? 0.4 * (1 + normal()) : value)],
        ['a box', (value: number, part: number) => (part === 1 ? value * 1.5 : value)],
      ] as const) {
        const verdict = judged(data, precision, change)
        t.notOk(verdict.pass, `${precision}: ${loss}: ${verdict.reason}`)
      }
    }
  })
}

// What keeps about the mean of the scores: their gain is near 1, and the boxes beside them have all the power.
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))
const losses: [name: string, change: (score: number, i: number, row: readonly number[]) => number][] = [
  ['all ½', () => 0.5],
  ['other boxes’', (_score, i, row) => row[(i * 7 + 3) % row.length]!],
  ['1 - p', (score) => 1 - score],
  ['without a sigmoid', (score) => Math.log(score / (1 - score))],
  ['x 1.5', (score) => 1.5 * score],
]

for (const scores of [1, 2, 3]) {
  for (const spread of [0.4, 1.5]) {
    t.test(`${scores} score rows of logits spread by ${spread} cannot be lost`, async (t) => {
      const boxes = [320, 300, 180, 150]
      const rows = Array.from({ length: 4 + scores }, (_, row) =>
        Array.from({ length: 256 }, () =>
          row < 4 ? boxes[row]! + 80 * normal() : sigmoid(spread * normal()),
        ),
      )
      const judgedRows = (candidate: readonly (readonly number[])[], precision: JudgedPrecision) => {
        const [a, b] = [rows, candidate].map(
          (all) => new Tensor(Float32Array.from(all.flat()), [1, rows.length, 256]),
        )
        return judge(compareTensors(a!, b!), precision)
      }
      for (const precision of precisions) {
        const noise = noiseOf[precision]!
        const noisy = rows.map((row, r) =>
          row.map((value) =>
            r < 4
              ? value + noise * boxes[r]! * normal()
              : sigmoid(Math.log(value / (1 - value)) + 3 * noise * normal()),
          ),
        )
        t.ok(judgedRows(noisy, precision).pass, `${precision}: noise passes`)
        for (const [name, change] of losses) {
          for (const which of ['one', 'all']) {
            const lost = noisy.map((row, r) =>
              r === 4 || (r > 4 && which === 'all') ? row.map((score, i) => change(score, i, row)) : row,
            )
            const { pass, reason } = judgedRows(lost, precision)
            t.notOk(pass, `${precision}: ${which} ${name}: ${reason}`)
          }
        }
      }
    })
  }
}

t.test('noise at few bits is no loss of a box', async (t) => {
  for (const columns of [1, 3, 80]) {
    const data = pair([1, 300, 4 + columns], 2, [...[320, 300, 180, 150], ...Array(columns).fill(0.1)], 0.25)
    const { pass, reason } = judged(data, 'int4')
    t.ok(pass, `${columns} scores: ${reason}`)
  }
})

t.test('the verdict names the part', async (t) => {
  const data = pair([1, 7, 400], 1, scales, 1e-7)
  const verdict = judged(data, 'fp32', (value, part) => (part === 6 ? 0 : value))
  t.match(verdict, {
    pass: false,
    reason: /index 6 of 7 of dimension 1 is lost: SQNR 0\.0 dB there/,
    wouldPassAtDb: null,
    parts: { axis: 1, of: 7, failed: 1, isScaled: true, worst: { index: 6, elements: 400, gain: 0 } },
  })
  t.ok(
    judge(JSON.parse(JSON.stringify(compareTensors(...tensors(data)))), 'fp32').pass,
    'and stored comparisons can be judged again',
  )
})

function tensors({ shape, reference, candidate }: Pair): [Tensor, Tensor] {
  return [new Tensor(reference, shape), new Tensor(candidate, shape)]
}

t.test('a row of a map, one class of five, and a value of a vector cannot be lost', async (t) => {
  for (const precision of precisions) {
    const noise = noiseOf[precision]!
    const map = pair([1, 5, 32, 32], 1, [1, 2, 1, 3, 1], noise)
    t.notOk(judged(map, precision, (value, part) => (part === 2 ? 0 : value)).pass, `${precision}: a class`)
    const row = pair([1, 5, 64, 16], 2, [1], noise)
    t.ok(judged(row, precision).pass)
    t.notOk(judged(row, precision, (value, part) => (part === 9 ? 0 : value)).pass, `${precision}: a row`)
    const vector = pair([1, 1000], 1, [1], noise)
    t.ok(judged(vector, precision).pass)
    const few = judged(vector, precision, (value, part) => (part % 100 === 3 ? value * 1.5 : value))
    t.notOk(few.pass, `${precision}: ten of a thousand`)
  }
})

t.test('what noise does to small parts is no loss', async (t) => {
  // A channel that is far smaller than the others has their noise, where one layer computes all.
  const shape = [1, 16, 20, 20]
  for (const precision of precisions) {
    const noise = noiseOf[precision]!
    for (const small of [1e-2, 1e-3, 1e-5]) {
      const data = pair(
        shape,
        1,
        Array.from({ length: 16 }, (_, c) => (c === 3 ? small : 1)),
        0,
      )
      const common = { ...data, candidate: data.candidate.map((value) => value + noise * normal()) }
      const verdict = judged(common, precision)
      t.ok(verdict.pass, `${precision}, scale ${small}: ${verdict.reason}`)
      const relu = (values: Float32Array) => values.map((value) => Math.max(0, value - 0.5))
      const clipped = { ...common, reference: relu(common.reference), candidate: relu(common.candidate) }
      const after = judged(clipped, precision)
      t.ok(after.pass, `${precision}, after a ReLU, scale ${small}: ${after.reason}`)
    }
  }
})

t.test('a dead channel may be denormal on one side and zero on the other', async (t) => {
  const data = pair([1, 8, 10, 10], 1, [1, 1, 1, 1e-39, 1, 1, 1, 1], 1e-7)
  t.ok(judged(data, 'fp32', (value, part) => (part === 3 ? 0 : value)).pass)
  t.notOk(judged(data, 'fp32', (value, part) => (part === 4 ? 0 : value)).pass)
})

t.test('small probabilities that a logit shifts are no loss in bf16, and one that is gone is', async (t) => {
  const data = pair([1, 4, 30, 30], 1, [1, 0.5, 1e-4, 1e-3], 5e-3)
  t.ok(judged(data, 'bf16', (value, part) => (part === 2 ? value * Math.exp(0.9) : value)).pass)
  t.notOk(judged(data, 'fp32', (value, part) => (part === 2 ? value * Math.exp(0.1) : value)).pass)
  t.notOk(judged(data, 'bf16', (value, part) => (part === 2 ? 0 : value)).pass)
})

t.test('a tolerance takes the place of all that', async (t) => {
  const data = pair([1, 7, 400], 1, scales, 1e-7)
  const [reference] = tensors(data)
  const lost = new Tensor(
    data.candidate.map((value, i) => (i >= 2400 ? 0 : value)),
    data.shape,
  )
  t.ok(judge(compareTensors(reference, lost), 'fp32', { tolerance: { sqnr: 60 } }).pass)
})

t.test('the addon sums parts up as JavaScript does', async (t) => {
  for (const sizes of [[5, 7, 1000], [3, 2, 70], [700, 13], [2000], [3, 1500], [2, 70000]]) {
    const length = sizes.reduce((a, b) => a * b, 1)
    const reference = Float32Array.from({ length }, (_, i) => (i % 5 === 0 ? 0 : normal()))
    const candidate = reference.map((value, i) => (i % 97 === 3 ? Number.NaN : value + 1e-3 * normal()))
    const plain = sumParts(reference, candidate, sizes)
    const request = { explainedRms: 4, parts: sizes }
    const { parts } = native().metrics.measure(reference, 'float32', candidate, 'float32', request)
    t.strictSame(
      parts.map((sums) => sums.length),
      plain.map((sums) => sums.length),
      sizes.join(' x '),
    )
    for (const [axis, sums] of plain.entries()) {
      const off = sums.findIndex(
        (value, i) => Math.abs(parts[axis]![i]! - value) > 1e-9 * (1 + Math.abs(value)),
      )
      if (off >= 0) t.equal(parts[axis]![off], sums[off], `${sizes.join(' x ')}, dimension ${axis}`)
    }
    const wrong = { explainedRms: 4, parts: [3, 5] }
    t.throws(() => native().metrics.measure(reference, 'float32', candidate, 'float32', wrong), {
      code: 'TWINFER_SHAPE_MISMATCH',
    })
  }
})
