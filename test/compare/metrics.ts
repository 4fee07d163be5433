import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { IDENTICAL_DB } from '../../dist/format/numbers.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { projectPath } from '../helpers/projectPath.js'
import { seededRandom } from '../helpers/seededRandom.js'

const row = (...values: number[]) => new Tensor(Float64Array.from(values), [values.length])
const near = (t: Test, found: number | null, expected: number) =>
  t.ok(
    found !== null && Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${found} is ${expected}`,
  )

t.test('all metrics of a case worked out by hand', (t) => {
  // |ref| = sqrt(9 + 16) = 5; error = (0, 0.3, -0.4, 0), |error| = 0.5: 20*log10(5/0.5) = 20 dB.
  const reference = row(0, 3, 4, 0)
  const candidate = row(0, 3.3, 3.6, 0)
  const found = compareTensors(reference, candidate, { name: 'prob' })
  t.equal(found.name, 'prob')
  t.strictSame(found.shape, [4])
  t.equal(found.elements, 4)
  near(t, found.sqnrDb, 20)
  // 3*3.3 + 4*3.6 = 24.3; |candidate| = sqrt(10.89 + 12.96) = sqrt(23.85).
  near(t, found.cosine, 24.3 / (5 * Math.sqrt(23.85)))
  near(t, found.maxAbs, 0.4)
  // 0.3/3 and 0.4/4 are both 0.1.
  near(t, found.maxRel, 0.1)
  // (0.3 + 0.4) / 4; zeros have no relative error, the other two have 0.1.
  near(t, found.meanAbs, 0.175)
  near(t, found.meanRel, 0.1)
  near(t, found.meanSignedRel, 0) // 0.3 / 3 and -0.4 / 4
  near(t, found.rmse, 0.25)
  near(t, found.meanError, -0.025)
  t.equal(found.referenceMaxAbs, 4)
  t.strictSame(found.worst, { index: 2, coordinate: [2], reference: 4, value: 3.6 })
  t.strictSame([found.nan, found.inf, found.referenceNan, found.referenceInf], [0, 0, 0, 0])
  t.end()
})

t.test('the JSON has exactly the fields that were promised', (t) => {
  const fields = Object.keys(compareTensors(row(1), row(1))).sort()
  const promised =
    'argmaxCount argmaxFlips candidateGrid cosine elements explainedFlips inf maxAbs maxRel meanAbs meanError ' +
    'meanRel meanSignedRel name nan parts referenceGrid referenceInf referenceMaxAbs referenceNan rmse shape sqnrDb top1Agree ulp worst'
  t.equal(fields.join(' '), promised)
  t.end()
})

t.test('identical outputs have the finite cap, no error and no worst element', (t) => {
  const found = compareTensors(row(1, -2, 0), row(1, -2, -0))
  t.equal(found.sqnrDb, IDENTICAL_DB)
  t.equal(found.cosine, 1)
  t.strictSame([found.maxAbs, found.maxRel, found.rmse, found.meanError, found.worst], [0, 0, 0, 0, null])
  t.equal(JSON.parse(JSON.stringify(found)).sqnrDb, 400)
  t.end()
})

t.test('two doubles that differ at all stay below the cap', (t) => {
  const found = compareTensors(row(1), row(1 + Number.EPSILON))
  t.ok(found.sqnrDb! > 300 && found.sqnrDb! < IDENTICAL_DB, String(found.sqnrDb))
  t.end()
})

t.test('cosine is blind to a missing factor, SQNR is not', (t) => {
  // error = -ref/2: 20*log10(2) dB.
  const found = compareTensors(row(1, 2, -3), row(0.5, 1, -1.5))
  near(t, found.cosine, 1)
  near(t, found.sqnrDb, 20 * Math.log10(2))
  t.equal(found.maxRel, 0.5)
  t.end()
})

t.test('the opposite vector has cosine -1 and -6 dB', (t) => {
  const found = compareTensors(row(1, 2), row(-1, -2))
  near(t, found.cosine, -1)
  near(t, found.sqnrDb, -20 * Math.log10(2))
  t.end()
})

t.test('outputs of zeros have numbers too', (t) => {
  const both = compareTensors(row(0, 0), row(0, 0))
  t.strictSame([both.sqnrDb, both.cosine, both.maxRel], [400, 1, 0])
  const one = compareTensors(row(0, 0), row(1, 0))
  t.strictSame([one.sqnrDb, one.cosine, one.maxRel, one.maxAbs], [-400, 0, 0, 1])
  const other = compareTensors(row(1, 0), row(0, 0))
  t.strictSame([other.sqnrDb, other.cosine, other.maxRel], [0, 0, 1])
  t.end()
})

t.test('relative error leaves out what is noise round zero beside the largest value', (t) => {
  // The floor is 1e-6 * 10 = 1e-5: 2e-5 counts, 1e-6 does not, wherever the largest value stands.
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const pick = (values: number[]) => row(...order.map((i) => values[i]!))
    near(t, compareTensors(pick([10, 2e-5, 1e-6]), pick([10, 3e-5, 5])).maxRel, 0.5)
  }
  t.end()
})

t.test('a NaN or Infinity of one side only leaves no SQNR, and is the worst element', (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const candidate = compareTensors(row(1, 2, 3), row(1, value, 30))
    t.strictSame([candidate.sqnrDb, candidate.cosine], [null, null])
    t.strictSame([candidate.nan, candidate.inf], Number.isNaN(value) ? [1, 0] : [0, 1])
    t.strictSame(candidate.worst, { index: 1, coordinate: [1], reference: 2, value })
    t.equal(candidate.maxAbs, 27, 'of the finite positions')
    const reference = compareTensors(row(1, value, 3), row(1, 2, 3))
    t.equal(reference.sqnrDb, null)
    t.strictSame([reference.referenceNan, reference.referenceInf], Number.isNaN(value) ? [1, 0] : [0, 1])
  }
  t.equal(compareTensors(row(1, Number.NaN), row(1, Number.POSITIVE_INFINITY)).sqnrDb, null)
  t.equal(compareTensors(row(1, Number.NEGATIVE_INFINITY), row(1, Number.POSITIVE_INFINITY)).sqnrDb, null)
  t.end()
})

t.test('the same NaN or Infinity on both sides is no difference', (t) => {
  const values = [3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 4]
  const found = compareTensors(row(...values), row(...values.with(0, 3.05)))
  near(t, found.sqnrDb, 20 * Math.log10(5 / (3.05 - 3)))
  t.strictSame([found.nan, found.inf, found.referenceNan, found.referenceInf], [1, 2, 1, 2])
  t.equal(found.worst?.index, 0)
  t.end()
})

t.test('nothing finite to compare leaves no SQNR', (t) => {
  t.equal(compareTensors(row(), row()).sqnrDb, null)
  t.equal(compareTensors(row(Number.NaN), row(Number.NaN)).sqnrDb, null)
  t.equal(compareTensors(row(1e200), row(9e199)).sqnrDb, null, 'squares that overflow')
  t.end()
})

t.test('the worst element has its coordinate in the reference', (t) => {
  const reference = Tensor.zeros([1, 2, 3, 4])
  const candidate = Tensor.zeros([1, 2, 3, 4])
  candidate.data[1 * 12 + 2 * 4 + 3] = -5
  candidate.data[4] = 4
  t.strictSame(compareTensors(reference, candidate).worst, {
    index: 23,
    coordinate: [0, 1, 2, 3],
    reference: 0,
    value: -5,
  })
  t.strictSame(
    compareTensors(new Tensor(Int8Array.of(1), []), new Tensor(Int8Array.of(2), [])).worst?.coordinate,
    [],
  )
  t.end()
})

t.test('element types may differ: float16 against float32', (t) => {
  const half = new Tensor(Uint16Array.of(0x3c00, 0x4000), [2], { dtype: 'float16' })
  t.equal(compareTensors(new Tensor(Float32Array.of(1, 2), [2]), half).sqnrDb, IDENTICAL_DB)
  t.end()
})

t.test('sums are doubles: a million small float32 errors on large values keep their digits', (t) => {
  const length = 1 << 20
  const reference = new Tensor(new Float32Array(length).fill(1000), [length])
  const candidate = new Tensor(new Float32Array(length).fill(1000.0625), [length])
  const found = compareTensors(reference, candidate)
  t.equal(found.rmse, 0.0625)
  t.equal(found.meanError, 0.0625)
  near(t, found.sqnrDb, 20 * Math.log10(16000))
  t.end()
})

t.test('noise of a known size is measured as that, whatever the scale and the order', (t) => {
  const random = seededRandom(7)
  for (const wanted of [20, 40, 60, 80]) {
    const reference = Float64Array.from({ length: 5000 }, () => random() - 0.5)
    const noise = Float64Array.from({ length: 5000 }, () => random() - 0.5)
    const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
    const gain = norm(reference) / norm(noise) / 10 ** (wanted / 20)
    const candidate = reference.map((value, i) => value + gain * noise[i]!)
    const measure = (scale: number, order: (values: Float64Array) => Float64Array) =>
      compareTensors(
        new Tensor(
          order(reference).map((value) => value * scale),
          [5000],
        ),
        new Tensor(
          order(candidate).map((value) => value * scale),
          [5000],
        ),
      ).sqnrDb!
    for (const found of [
      measure(1, (values) => values),
      measure(2 ** 20, (values) => values),
      measure(1, (values) => values.toReversed()),
    ]) {
      t.ok(Math.abs(found - wanted) < 1e-9, `${found} is ${wanted} dB`)
    }
  }
  t.end()
})

t.test('the mean signed relative error is the scale that is wrong, for values of both signs', async (t) => {
  const length = 5000
  const reference = Float32Array.from({ length }, (_, i) => (i % 2 ? -1 : 1) * (1 + i))
  for (const scale of [0.9, 1.25]) {
    const { meanSignedRel, meanRel } = compareTensors(
      new Tensor(reference, [length]),
      new Tensor(
        reference.map((value) => value * scale),
        [length],
      ),
    )
    t.ok(Math.abs(meanSignedRel - (scale - 1)) < 1e-6, `${meanSignedRel}`)
    t.ok(Math.abs(meanRel - Math.abs(scale - 1)) < 1e-6, `${meanRel}`)
  }
})

t.test('docs/comparing.md explains every metric, as the reports do', async (t) => {
  const script = projectPath('scripts/write-metrics-table.mjs')
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
})
