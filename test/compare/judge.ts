import t from 'tap'
import { judge } from '../../dist/compare/judge/judge.js'
import { noiseFloor } from '../../dist/compare/judge/noiseFloor.js'
import { floorOf, type JudgedPrecision, judgedPrecision } from '../../dist/compare/judge/passRules.js'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import type { OutputComparison } from '../../dist/compare/measure/OutputComparison.js'
import { IDENTICAL_DB } from '../../dist/format/numbers.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

const one = new Tensor(new Float32Array([1]), [1])
/** Of numbers made up for the judge; those that it does not read are whatever is measured of two equal tensors. */
const clean: OutputComparison = {
  ...compareTensors(one, one),
  name: 'output',
  shape: [1, 10],
  elements: 10,
  sqnrDb: 60,
  cosine: 0.9999995,
  maxAbs: 0.01,
  maxRel: 0.01,
  meanAbs: 0.001,
  meanRel: 0.001,
  rmse: 0.001,
  meanError: 0,
  referenceMaxAbs: 1,
  nan: 0,
  inf: 0,
  referenceNan: 0,
  referenceInf: 0,
  worst: null,
  top1Agree: true,
  argmaxFlips: 0,
  explainedFlips: 0,
  argmaxCount: 1,
  ulp: null,
  referenceGrid: { fp16: 0, bf16: 0, int8: null, judged: 10 },
  candidateGrid: { fp16: 0, bf16: 0, int8: null, judged: 10 },
}
const precisions: JudgedPrecision[] = ['fp32', 'fp16', 'fp16-storage', 'fp16-weights', 'bf16', 'int8']
const passes = (change: Partial<OutputComparison>, precision: JudgedPrecision) =>
  judge({ ...clean, ...change }, precision).pass

t.test('each precision has its own floor, and reaching it is enough', (t) => {
  const floors = { fp32: 80, fp16: 35, 'fp16-storage': 35, 'fp16-weights': 35, bf16: 30 } as const
  for (const [precision, floor] of Object.entries(floors) as [JudgedPrecision, number][]) {
    t.ok(passes({ sqnrDb: floor }, precision), `${precision} at ${floor} dB`)
    t.notOk(passes({ sqnrDb: floor - 0.01 }, precision), `${precision} below ${floor} dB`)
    t.equal(judge(clean, precision).floorDb, floor)
  }
  t.end()
})

t.test('fp32 passes below its floor where no element is off by more than 1e-4 of the largest', (t) => {
  t.ok(passes({ sqnrDb: 70, maxAbs: 2e-4, referenceMaxAbs: 2 }, 'fp32'))
  t.notOk(passes({ sqnrDb: 70, maxAbs: 2.01e-4, referenceMaxAbs: 2 }, 'fp32'))
  t.notOk(passes({ sqnrDb: 20, maxAbs: 1e-9 }, 'fp16'), 'fp16 does not')
  t.end()
})

t.test('fp16 needs its cosine too', (t) => {
  for (const precision of ['fp16', 'fp16-storage', 'fp16-weights'] as const) {
    t.ok(passes({ cosine: 0.9995 }, precision))
    t.notOk(passes({ cosine: 0.99949 }, precision))
  }
  t.ok(passes({ cosine: 0.99 }, 'bf16'))
  t.end()
})

t.test('int8 is judged by cosine, not by SQNR, and a flip that the error explains is no fault', (t) => {
  t.ok(passes({ sqnrDb: 3, cosine: 0.99 }, 'int8'))
  t.notOk(passes({ sqnrDb: 60, cosine: 0.9899 }, 'int8'))
  const flip = { top1Agree: false, argmaxFlips: 1, explainedFlips: 1 }
  for (const precision of precisions.slice(1)) t.ok(passes(flip, precision), precision)
  t.notOk(passes({ ...flip, explainedFlips: 0 }, 'int8'), 'one that it does not explain is one')
  t.ok(passes({ top1Agree: null, argmaxCount: 0 }, 'int8'), 'no class axis')
  t.end()
})

t.test('at every precision unexplained flips fail', (t) => {
  for (const precision of precisions) {
    const change = { sqnrDb: 100, top1Agree: false, argmaxFlips: 3, explainedFlips: 2, argmaxCount: 1000 }
    const verdict = judge({ ...clean, ...change }, precision)
    t.notOk(verdict.pass, precision)
    t.match(verdict.reason, /^1 of 1000 best classes/)
    t.equal(verdict.wouldPassAtDb, null)
  }
  t.end()
})

t.test('at every precision a NaN, an Infinity or nothing finite to compare fails', (t) => {
  const tensor = (...values: number[]) => new Tensor(Float64Array.from(values), [values.length])
  const cases: [reference: Tensor, candidate: Tensor, reason: RegExp][] = [
    [tensor(1, 2), tensor(1, Number.NaN), /candidate 1 NaN and 0 Inf, reference 0 NaN/],
    [tensor(1, 2), tensor(Number.NEGATIVE_INFINITY, 2), /candidate 0 NaN and 1 Inf/],
    [tensor(1, Number.NaN), tensor(1, 2), /reference 1 NaN/],
    [tensor(Number.NaN), tensor(Number.NaN), /of 1$/],
    [tensor(1e200), tensor(1e200), /1e154/],
  ]
  for (const [reference, candidate, reason] of cases) {
    for (const precision of precisions) {
      const verdict = judge(compareTensors(reference, candidate), precision)
      t.notOk(verdict.pass, `${precision}: ${verdict.reason}`)
      t.match(verdict.reason, reason)
      t.equal(verdict.wouldPassAtDb, null)
    }
  }
  t.end()
})

t.test('identical outputs pass at every precision', (t) => {
  const tensor = new Tensor(Float32Array.of(1, 2, 3), [3])
  for (const precision of precisions) t.ok(judge(compareTensors(tensor, tensor), precision).pass)
  t.end()
})

t.test('the floor that would pass is said, never rounded up', (t) => {
  const failed = judge({ ...clean, sqnrDb: 79.96 }, 'fp32')
  t.equal(failed.wouldPassAtDb, 79.9)
  t.equal(failed.reason, 'SQNR 79.9 dB is below the 80.0 dB of fp32')
  t.equal(judge({ ...clean, sqnrDb: 92.34 }, 'fp32').wouldPassAtDb, 92.3)
  const hopeless = judge({ ...clean, sqnrDb: 20, cosine: 0.9 }, 'fp16')
  t.equal(hopeless.wouldPassAtDb, null, 'the cosine would fail still')
  t.match(hopeless.reason, /^SQNR 20\.0 dB is below/)
  t.end()
})

t.test('the reason of a pass names the number that decided', (t) => {
  t.equal(judge({ ...clean, sqnrDb: 92.34 }, 'fp32').reason, 'SQNR 92.3 dB, fp32 needs 80.0 dB')
  t.match(
    judge({ ...clean, sqnrDb: 70, maxAbs: 1e-5 }, 'fp32').reason,
    /^largest error 1\.00e-5, fp32 allows 1\.00e-4/,
  )
  t.match(judge(clean, 'int8').reason, /^cosine 0\.999999, int8 needs 0\.99$/)
  t.end()
})

t.test('stored comparisons can be judged again', (t) => {
  const stored = JSON.parse(JSON.stringify(compareTensors(Tensor.zeros([2]), Tensor.zeros([2]))))
  t.ok(judge(stored, 'fp32').pass)
  t.end()
})

t.test('a precision that was only asked for cannot be judged', (t) => {
  for (const precision of ['default', 'fp64', 'toString', undefined]) {
    t.throws(() => judge(clean, precision as JudgedPrecision), {
      code: 'TWINFER_INVALID_ARGUMENT',
      message:
        /^precision: expected one of fp32, fp16, fp16-storage, fp16-weights, bf16, int8, .*, int2, received /,
      help: /effective\.precision/,
    })
  }
  t.end()
})

t.test('a known depth raises the floor, by what each precision loses in a layer', async (t) => {
  t.equal(floorOf('fp32', { depth: 100 }), 80)
  t.equal(floorOf('fp16-storage', { depth: 10 }), 70 - 10 - 6)
  t.equal(floorOf('bf16', { depth: 10 }), 52 - 10 - 6)
  t.equal(floorOf('fp16', { depth: 1, longestDot: 640 }), 62 - 4 - 10 - 6)
  t.equal(floorOf('fp16-weights', { depth: 10 }), 69 - 20 - 6, 'cut-off weights add up as amplitudes')
})

t.test('no depth takes it below the least of its precision', async (t) => {
  for (const precision of precisions) {
    const least = judge(clean, precision).floorDb
    t.equal(floorOf(precision, { depth: 10_000, longestDot: 10_000 }), least, precision)
  }
})

t.test('GELUs by another formula lower it, one by one', async (t) => {
  t.equal(floorOf('fp32', { approximated: 0 }), 80)
  t.equal(floorOf('fp32', { approximated: 1 }), 72)
  t.equal(floorOf('fp32', { approximated: 10 }), 62)
  const change = { ...clean, sqnrDb: 77, maxAbs: 1 }
  t.notOk(judge(change, 'fp32').pass)
  t.ok(judge(change, 'fp32', { approximated: 4 }).pass)
})

t.test('a file that stores less than what ran is judged by what it stores', async (t) => {
  t.match(judgedPrecision('fp32', 'fp16'), { precision: 'fp16-weights', because: /as fp16/ })
  t.match(judgedPrecision('fp32', 'int8'), { precision: 'int8' })
  t.match(judgedPrecision('fp32', 'int4'), { precision: 'int4', because: /as int4/ })
  t.strictSame(judgedPrecision('fp32', 'fp32'), { precision: 'fp32' })
  t.strictSame(judgedPrecision('bf16', 'fp16'), { precision: 'bf16' })
  t.strictSame(judgedPrecision('int8', 'none'), { precision: 'int8' })
  t.equal(judgedPrecision('mixed', 'fp32'), null)
})

t.test('a candidate as far from itself as from the reference is inconclusive', async (t) => {
  const judged = (noiseFloorDb: number, change: Partial<OutputComparison> = {}) =>
    judge({ ...clean, sqnrDb: 40, maxAbs: 1, ...change }, 'fp32', { noiseFloorDb })
  t.match(judged(42), { pass: false, inconclusive: true, reason: /two runs of the candidate differ as much/ })
  t.equal(judged(46.1).inconclusive, undefined, 'more than 6 dB from its noise')
  t.equal(judged(400).inconclusive, undefined, 'deterministic')
  t.equal(judged(42, { sqnrDb: null }).inconclusive, undefined, 'a NaN fails all the same')
  t.ok(judge({ ...clean, sqnrDb: 90 }, 'fp32', { noiseFloorDb: 85 }).pass)
})

t.test('noise is measured between runs, bit for bit first', async (t) => {
  const run = (...values: number[]) => new Tensor(Float32Array.from(values), [values.length])
  t.equal(noiseFloor(run(1, Number.NaN), run(1, Number.NaN)), IDENTICAL_DB)
  t.equal(noiseFloor(run(1, 2), run(1, Number.NaN)), -IDENTICAL_DB)
  t.equal(noiseFloor(run(1, 2), run(1)), -IDENTICAL_DB)
  t.match(Math.round(noiseFloor(run(3, 4), run(3, 4.05))), 40)
})

t.test('a flip that the error of the others does not explain fails', async (t) => {
  const scores = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? 10 : Math.sin(i)))
  const hot = scores.map((value, i) => (i === 42 ? 10.5 : value + 1e-6))
  const [reference, candidate] = [scores, hot].map((data) => new Tensor(data, [1, 1000]))
  const comparison = compareTensors(reference!, candidate!)
  t.match(comparison, { argmaxFlips: 1, explainedFlips: 0 })
  t.match(judge(comparison, 'int8').reason, /1 of 1 best classes differ by more than the error explains/)
})

t.test('equal empty outputs agree: nothing found is a result', async (t) => {
  const nothing = () => new Tensor(new Float32Array(), [0, 6])
  for (const precision of precisions) {
    t.match(judge(compareTensors(nothing(), nothing()), precision), {
      pass: true,
      reason: /both outputs are empty/,
    })
  }
  t.throws(() => compareTensors(nothing(), new Tensor(new Float32Array(), [0, 4])), {
    code: 'TWINFER_SHAPE_MISMATCH',
  })
})

t.test('silence on both sides agrees, a signal that is gone does not', async (t) => {
  const flat = (value: number) => new Tensor(new Float32Array(64).fill(value), [1, 4, 4, 4])
  for (const [a, b] of [
    [0, 4.2e-39],
    [0, 1.7e-38],
    [3e-39, 0],
    [1e-39, 2e-39],
  ] as const) {
    t.match(compareTensors(flat(a), flat(b)), { sqnrDb: IDENTICAL_DB, cosine: 1 })
    t.ok(judge(compareTensors(flat(a), flat(b)), 'fp32').pass, `${a} and ${b}`)
  }
  const unknown = judge(compareTensors(flat(0), flat(1e-8)), 'fp32')
  t.match(unknown, { pass: false, inconclusive: true, reason: /zero throughout/ })
  const wrong = judge(compareTensors(flat(0), flat(0.5)), 'fp32')
  t.match(wrong, { pass: false })
  t.notOk(wrong.inconclusive, 'an answer where there is none')
  for (const precision of precisions) t.notOk(judge(compareTensors(flat(1e-30), flat(0)), precision).pass)
})

t.test('weights of few bits have floors of their own, and each bit less lowers them', async (t) => {
  const floors = (['int8', 'int6', 'int5', 'int4', 'int3', 'int2'] as const).map((precision) =>
    floorOf(precision, { depth: 2 }),
  )
  t.strictSame(
    floors,
    [...floors].sort((a, b) => b - a),
  )
  const noisy = (cosine: number, precision: JudgedPrecision) =>
    judge({ ...clean, sqnrDb: 5, cosine }, precision, { depth: 1 }).pass
  t.ok(noisy(0.97, 'int4'), 'what 4 bits cost is no fault of 4 bits')
  t.notOk(noisy(0.97, 'int8'))
  t.notOk(noisy(0.9, 'int4'))
  t.ok(noisy(0.9, 'int2'))
  t.notOk(noisy(0.5, 'int2'))
})

const labelMap = (values: number[], dtype: 'int64' | 'int32' | 'float32' = 'int64') => {
  const shape = [1, 32, values.length / 32]
  if (dtype === 'int64') return new Tensor(BigInt64Array.from(values, BigInt), shape)
  return new Tensor(dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values), shape)
}
const right = Array.from({ length: 1024 }, (_, i) => (i * 7) % 19)
const wrongLabels = (count: number) => right.map((label, i) => (i < count ? 38 - label : label))

t.test('a class of labels that is gone fails, however rare it is', async (t) => {
  const size = 4096
  const map = Int32Array.from({ length: size }, (_, i) => (i < 40 ? 4 : i % 4))
  const judgedAs = (change: (label: number, i: number) => number, precision: JudgedPrecision) =>
    judge(compareTensors(new Tensor(map, [size]), new Tensor(map.map(change), [size])), precision, {
      depth: 20,
    })
  for (const precision of ['fp32', 'fp16', 'fp16-weights', 'bf16', 'int8', 'int6', 'int4', 'int2'] as const) {
    const gone = judgedAs((label) => (label === 4 ? 0 : label), precision)
    t.notOk(gone.pass, `${precision}: ${gone.reason}`)
    const common = judgedAs((label) => (label === 3 ? 0 : label), precision)
    t.notOk(common.pass, `${precision}: ${common.reason}`)
  }
  const edge = judgedAs((label, i) => (i < 2 ? 0 : label), 'bf16')
  t.ok(edge.pass, edge.reason)
  t.match(
    judgedAs((label) => (label === 4 ? 0 : label), 'int8'),
    {
      reason: '40 of the 40 labels 4 differ; ties explain 9 in int8',
    },
  )
})

t.test('labels are counted: ties may turn over a few, a shifted list fails at any precision', async (t) => {
  const judged = (values: number[], precision: JudgedPrecision) =>
    judge(compareTensors(labelMap(right), labelMap(values, 'int32')), precision, { depth: 1 })
  t.match(compareTensors(labelMap(right), labelMap(wrongLabels(3), 'float32')), {
    sqnrDb: null,
    labels: { count: 1024, differing: 3, shift: null },
    argmaxCount: 0,
  })
  t.match(judged(right, 'fp32'), { pass: true, reason: '0 of 1024 labels differ' })
  t.ok(judged(wrongLabels(1), 'fp16-weights').pass)
  t.notOk(judged(wrongLabels(10), 'fp32').pass)
  t.ok(judged(wrongLabels(10), 'int8').pass)
  t.notOk(judged(wrongLabels(40), 'int8').pass)
  const one = (label: number) => new Tensor(Int32Array.of(label), [1])
  for (const precision of precisions) {
    const shifted = right.map((label) => label + 1)
    t.match(judged(shifted, precision), {
      pass: false,
      reason: /^1024 of 1024 labels differ: every one is off by 1/,
    })
    t.notOk(judge(compareTensors(one(3), one(4)), precision).pass, 'one of one')
  }
  const comparison = compareTensors(labelMap(right), labelMap(wrongLabels(40)))
  t.ok(judge(comparison, 'fp32', { tolerance: { top1: 0.95 } }).pass, 'a tolerance says how many')
})

t.test('bytes of many values are amounts', async (t) => {
  const bytes = (value: (i: number) => number) =>
    new Tensor(
      Uint8Array.from({ length: 256 }, (_, i) => value(i)),
      [16, 16],
    )
  t.equal(
    compareTensors(
      bytes((i) => i),
      bytes((i) => i),
    ).labels,
    undefined,
  )
  const mask = bytes((i) => i % 5)
  t.match(compareTensors(mask, mask), { labels: { count: 256, differing: 0 } })
})
