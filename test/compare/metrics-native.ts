import t, { type Test } from 'tap'
import { compareTensors, compareTensorsAsync } from '../../dist/compare/measure/compareTensors.js'
import type { Measurement } from '../../dist/compare/measure/Measurement.js'
import { quickError } from '../../dist/compare/measure/measure.js'
import { measurePlainly } from '../../dist/compare/measure/measurePlainly.js'
import type { DType } from '../../dist/index.js'
import { native } from '../../dist/native/native.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { randomTensor } from '../helpers/randomTensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const dtypes: DType[] = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]

function measureNatively(reference: Tensor, candidate: Tensor, request = { explainedRms: 4 }): Measurement {
  return native().metrics.measure(reference.data, reference.dtype, candidate.data, candidate.dtype, request)
}

/** Sums in another order differ by rounding; relative errors of float32 values are divided in float32. */
function sameMeasurement(t: Test, found: Measurement, expected: Measurement, title: string): void {
  const differences: string[] = []
  const look = (name: string, a: unknown, b: unknown, scale = 0) => {
    if (Object.is(a, b)) return
    if (typeof a === 'object' && typeof b === 'object' && a && b) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        look(`${name}.${key}`, a[key as never], b[key as never], scaleOf(key, expected))
      }
    } else if (!(Math.abs(Number(a) - Number(b)) <= scale)) {
      differences.push(`${name}: ${a}, expected ${b}`)
    }
  }
  look('measurement', found, expected)
  t.strictSame(differences, [], title)
}

function scaleOf(key: string, { sums, relative }: Measurement): number {
  if (key === 'largest') return 1e-5 * relative.largest
  if (key === 'sum' || key.endsWith('Sum')) return 1e-5 * relative.sum
  if (key === 'error') return 1e-11 * sums.absError
  if (key === 'product') return 1e-11 * Math.sqrt(sums.referencePower * sums.candidatePower)
  if (key.endsWith('Power') || key === 'absError') return 1e-11 * sums[key as 'errorPower']
  return 0
}

t.test('the addon measures what JavaScript measures, for every pair of element types', (t) => {
  const random = seededRandom(11)
  for (const a of dtypes) {
    for (const b of dtypes) {
      const length = 1 + Math.floor(random() * 3000)
      const reference = randomTensor(random, a, [length], 0.01)
      const candidate = random() < 0.5 || a !== b ? randomTensor(random, b, [length], 0.01) : reference
      const expected = measurePlainly(reference, candidate, { explainedRms: 4 })
      sameMeasurement(t, measureNatively(reference, candidate), expected, `${a} and ${b}`)
    }
  }
  t.end()
})

t.test('also where values are close, beyond a chunk, and among many that are not finite', (t) => {
  const random = seededRandom(12)
  for (const dtype of ['float32', 'float64'] as const) {
    for (const length of [0, 1, 1023, 1024, 1025, 65536, 200001]) {
      for (const oddShare of [0, 0.001, 0.5, 1]) {
        const reference = randomTensor(random, dtype, [length], oddShare)
        const values = (reference.data as Float32Array).map((value) => value * (1 + 1e-6 * random()))
        const candidate = new Tensor(values, [length])
        const expected = measurePlainly(reference, candidate, { explainedRms: 4 })
        sameMeasurement(
          t,
          measureNatively(reference, candidate),
          expected,
          `${length} ${dtype}, ${oddShare} odd`,
        )
      }
    }
  }
  t.end()
})

t.test('of many values both judge the same blocks', (t) => {
  const random = seededRandom(13)
  const reference = randomTensor(random, 'float32', [2 ** 20 + 5000])
  const candidate = new Tensor(
    (reference.data as Float32Array).map((value) => value * (1 + 1e-7 * random())),
    reference.shape,
  )
  const found = measureNatively(reference, candidate)
  sameMeasurement(t, found, measurePlainly(reference, candidate, { explainedRms: 4 }), '1 million')
  t.ok(found.referenceGrid.judged < 2 ** 20 + 1024, String(found.referenceGrid.judged))
  t.end()
})

t.test('the best classes are compared alike, along any axis', (t) => {
  const random = seededRandom(14)
  const axes = [
    [1, 1000, 1],
    [300, 7, 1],
    [2, 5, 700],
    [1, 2, 1],
    [3, 4, 257],
  ] as const
  for (const dtype of ['float32', 'float64', 'float16', 'int8', 'int64'] as const) {
    for (const [outer, classes, inner] of axes) {
      for (const oddShare of [0, 0.05, 0.9]) {
        const shape = [outer, classes, inner]
        const reference = randomTensor(random, dtype, shape, oddShare)
        const candidate = randomTensor(random, dtype, shape, oddShare)
        for (const explainedBy of [undefined, 0, 1, 1e9]) {
          const request = { classes: { outer, classes, inner }, explainedBy, explainedRms: 4 }
          sameMeasurement(
            t,
            measureNatively(reference, candidate, request),
            measurePlainly(reference, candidate, request),
            `${dtype} [${shape}] ${oddShare} ${explainedBy}`,
          )
        }
      }
    }
  }
  t.end()
})

t.test('the number of threads changes nothing, and neither does waiting for it', async (t) => {
  const random = seededRandom(15)
  const reference = randomTensor(random, 'float32', [1, 3, 520, 521], 1e-5)
  const candidate = randomTensor(random, 'float32', [1, 3, 520, 521], 1e-5)
  const one = compareTensors(reference, candidate, { threads: 1 })
  for (const threads of [2, 3, 8]) t.strictSame(compareTensors(reference, candidate, { threads }), one)
  t.strictSame(await compareTensorsAsync(reference, candidate), one)
  const details = { details: true, topK: 2 }
  t.strictSame(
    await compareTensorsAsync(reference, candidate, details),
    compareTensors(reference, candidate, details),
  )
  for (const threads of [0, 1.5, '2' as never]) {
    t.throws(() => compareTensors(reference, candidate, { threads }), { code: 'TWINFER_INVALID_ARGUMENT' })
  }
})

t.test('while it is measured off the event loop, the data may be given away', async (t) => {
  const random = seededRandom(16)
  const [reference, candidate] = [0, 1].map(() => randomTensor(random, 'float32', [300000])) as [
    Tensor,
    Tensor,
  ]
  const expected = compareTensors(reference, candidate)
  const pending = Array.from({ length: 4 }, () => compareTensorsAsync(reference, candidate))
  structuredClone(reference.data.buffer, { transfer: [reference.data.buffer as ArrayBuffer] })
  ;(candidate.data as Float32Array).fill(0)
  for (const found of await Promise.all(pending)) t.strictSame(found, expected)
  await t.rejects(compareTensorsAsync(reference, candidate), { code: 'TWINFER_BUFFER_DETACHED' })
  t.throws(() => compareTensors(reference, candidate), { code: 'TWINFER_BUFFER_DETACHED' })
})

t.test('views that start anywhere in their buffer are read right', (t) => {
  const random = seededRandom(17)
  const whole = randomTensor(random, 'float32', [5000]).data as Float32Array
  for (const start of [1, 2, 3, 5]) {
    const view = whole.subarray(start)
    const copy = view.slice()
    const found = compareTensors(new Tensor(view, [view.length]), new Tensor(copy, [copy.length]))
    t.equal(found.sqnrDb, 400)
    t.equal(found.ulp?.counts[0], view.length)
  }
  t.end()
})

t.test('shared memory is measured in place', (t) => {
  const values = new Float32Array(new SharedArrayBuffer(4 * 4096)).fill(2)
  const found = compareTensors(new Tensor(values, [4096]), new Tensor(new Float32Array(4096).fill(1), [4096]))
  t.equal(found.meanError, -1)
  t.end()
})

t.test('what TypeScript checks first, the addon refuses too', (t) => {
  const { measure } = native().metrics
  const floats = new Float32Array(4)
  const request = { explainedRms: 4 }
  const refused = (code: string, ...args: unknown[]) =>
    t.throws(() => measure(...(args as Parameters<typeof measure>)), { code })
  refused('TWINFER_LENGTH_MISMATCH', floats, 'float32', new Float32Array(3), 'float32', request)
  refused('TWINFER_DTYPE_MISMATCH', floats, 'float16', floats, 'float32', request)
  refused('TWINFER_DTYPE_MISMATCH', floats, 'quaternion', floats, 'float32', request)
  refused('TWINFER_INVALID_ARGUMENT', [1, 2], 'float32', floats, 'float32', request)
  refused('TWINFER_INVALID_ARGUMENT', floats, 'float32', floats, 'float32')
  refused('TWINFER_INVALID_ARGUMENT', floats, 'float32', floats, 'float32', { threads: -1 })
  for (const classes of [
    { outer: 1, classes: 5, inner: 1 },
    { outer: 0, classes: 0, inner: 0 },
    { outer: 2 ** 40, classes: 2 ** 40, inner: 4 },
    {},
  ]) {
    refused('TWINFER_SHAPE_MISMATCH', floats, 'float32', floats, 'float32', { classes })
  }
  t.end()
})

t.test('quickError gives three of the numbers, and refuses two lengths', (t) => {
  const random = seededRandom(18)
  for (const length of [10, 1000, 100000]) {
    const reference = randomTensor(random, 'float32', [length])
    const candidate = randomTensor(random, 'float32', [length])
    const { sqnrDb, cosine, maxAbs } = compareTensors(reference, candidate)
    const found = quickError(reference.data as Float32Array, candidate.data as Float32Array)
    t.strictSame(found, { sqnrDb, cosine, maxAbs })
  }
  t.equal(quickError(Float32Array.of(1, Number.NaN), Float32Array.of(1, 2)).sqnrDb, null)
  t.throws(() => quickError(new Float32Array(3), new Float32Array(4)), { code: 'TWINFER_LENGTH_MISMATCH' })
  t.throws(() => quickError(new Float32Array(300), new Float32Array(400)), {
    code: 'TWINFER_LENGTH_MISMATCH',
  })
  t.end()
})
