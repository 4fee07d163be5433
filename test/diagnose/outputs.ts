import t from 'tap'
import { diagnoseOutputs, type OutputContext } from '../../dist/diagnose/output/diagnoseOutputs.js'
import { castTensor, float32Values } from '../../dist/tensor/convertTensor.js'
import type { TypedArray } from '../../dist/tensor/DType.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const random = seededRandom(11)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const shape = [1, 11, 12, 10]
const [channels, inner] = [11, 120]
/** Smooth along rows, as maps are, and of a scale of its own in each channel. */
const values = makeMap(1)
const reference = new Tensor(values, shape)
const fp32: OutputContext = { precision: 'fp32' }

function makeMap(seed: number): Float32Array {
  const draw = seededRandom(seed)
  const waves = Array.from({ length: channels }, () => [draw() * 3, draw(), draw(), draw() * 6] as const)
  return Float32Array.from({ length: channels * inner }, (_, i) => {
    const [c, y, x] = [Math.floor(i / inner), Math.floor((i % inner) / 10), i % 10]
    const [size, fy, fx, phase] = waves[c]!
    return (1 + size) * Math.sin(fy * y + fx * x + phase) + 0.1 * c + 0.2 * draw()
  })
}

function ask(candidate: Tensor, context = fp32, given = reference) {
  return diagnoseOutputs([{ name: 'out', reference: given, candidate }], context)
}
const codesOf = (...given: Parameters<typeof ask>) => ask(...given).causes.map(({ code }) => code)
const like = (data: TypedArray) => new Tensor(data, shape)
const noisy = (db: number, given = values) => {
  const rms = Math.sqrt(given.reduce((sum, value) => sum + value * value, 0) / given.length)
  return given.map((value) => value + rms * 10 ** (-db / 20) * normal())
}

function packed(block: number, given: ArrayLike<number> = values): Float32Array {
  const memory = new Float32Array(Math.ceil(channels / block) * block * inner)
  for (let i = 0; i < channels * inner; i++) {
    const [c, s] = [Math.floor(i / inner), i % inner]
    memory[(Math.floor(c / block) * inner + s) * block + (c % block)] = given[i]!
  }
  return memory
}

function softmaxed(given: Float32Array): Float32Array {
  const result = new Float32Array(given.length)
  for (let s = 0; s < inner; s++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += Math.exp(given[c * inner + s]!)
    for (let c = 0; c < channels; c++) result[c * inner + s] = Math.exp(given[c * inner + s]!) / sum
  }
  return result
}

t.test('what agrees has no cause', async (t) => {
  const { causes, rejected, missing } = ask(like(noisy(110)))
  t.match(causes, [{ code: 'NONE', evidence: { output: 'out', judgedAs: 'fp32' }, fix: null }])
  t.same([rejected, missing], [[], []])
})

t.test('a low precision that ran explains what it costs', async (t) => {
  const { causes } = ask(like(noisy(60)), { precision: 'fp16' })
  t.match(causes, [
    {
      code: 'PRECISION_EXPECTED',
      evidence: { precision: 'fp16' },
      fix: { ncnn: /use_fp16_storage/, mnn: /Precision_High/ },
    },
  ])
  t.equal(causes.length, 1)
})

t.test('the grid tells the precision that ran where fp32 is said to have run', async (t) => {
  for (const [dtype, code] of [
    ['float16', 'fp16'],
    ['bfloat16', 'bf16'],
  ] as const) {
    const rounded = float32Values(castTensor(reference, dtype)!) as Float32Array
    t.match(ask(like(rounded)).causes, [
      { code: 'PRECISION_EXPECTED', evidence: { precision: code, grid: code } },
    ])
  }
  const step = 0.031
  t.match(ask(like(values.map((value) => step * Math.round(value / step)))).causes, [
    { code: 'PRECISION_EXPECTED', evidence: { precision: 'int8' } },
  ])
})

t.test('without a grid, rounding is not taken for granted', async (t) => {
  const { causes, missing, rejected } = ask(like(noisy(60)))
  t.same(causes, [])
  t.match(missing.join(' '), /which one ran/)
  t.ok(rejected.length > 2, 'what was tried is listed')
  t.match(ask(like(noisy(60)), { precision: null }).causes, [{ code: 'PRECISION_EXPECTED', confidence: 0.5 }])
})

t.test('ties are named where best classes differ and nothing else is wrong', async (t) => {
  const scores = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i))
  scores[7] = 2
  scores[12] = 2.00001
  const given = new Tensor(scores, [1, 40])
  const flipped = scores.map((value, i) => (i === 7 ? value + 2e-5 : value + 2e-6 * Math.cos(i)))
  const { causes } = ask(new Tensor(flipped, [1, 40]), fp32, given)
  t.match(causes, [{ code: 'ARGMAX_TIES', evidence: { argmaxFlips: 1, argmaxCount: 1, explainedFlips: 1 } }])
  t.equal(causes.length, 1)
})

t.test('labels that ties may turn over are ties, many are not', async (t) => {
  const labels = new Tensor(
    Int32Array.from({ length: 4096 }, (_, i) => Math.floor(i / 512)),
    [1, 64, 64],
  )
  const changed = (count: number) =>
    new Tensor(
      (labels.data as Int32Array).map((label, i) => ((i * 409) % 4096 < count ? (label + 1) % 8 : label)),
      [1, 64, 64],
    )
  t.same(codesOf(changed(0), { precision: 'bf16' }, labels), ['NONE'])
  t.same(codesOf(changed(6), { precision: 'bf16' }, labels), ['ARGMAX_TIES'])
  t.same(codesOf(changed(1500), { precision: 'bf16' }, labels), [])
})

t.test('a label map that lies otherwise, or counts from another number, is no tie', async (t) => {
  const labels = Int32Array.from(
    { length: 20 * 30 },
    (_, i) => Math.floor(i / 30 / 5) + 3 * Number(i % 30 > 20),
  )
  const given = new Tensor(labels, [1, 20, 30])
  const turned = labels.map((_, i) => labels[(i % 20) * 30 + Math.floor(i / 20)]!)
  t.match(ask(new Tensor(turned, [1, 20, 30]), fp32, given).causes, [
    { code: 'LAYOUT_MISREAD', evidence: { held: 'NWC' } },
  ])
  const shifted = labels.map((label) => label + 1)
  t.match(ask(new Tensor(shifted, [1, 20, 30]), fp32, given).causes, [
    { code: 'SCALE_OFFSET_MISSING', evidence: { offset: 1 } },
  ])
  const wide = BigInt64Array.from(labels, BigInt)
  t.match(ask(new Tensor(new Int32Array(wide.buffer), [2, 20, 30]), fp32, given).causes, [
    { code: 'DTYPE_MISREAD', evidence: { heldType: 'int64', readAsType: 'int32' } },
  ])
})

t.test('the layout of the memory and that of the reader are named', async (t) => {
  const moved = Float32Array.from(
    values,
    (_, i) => values[(i % channels) * inner + Math.floor(i / channels)]!,
  )
  const cases: readonly (readonly [string, Tensor, string, string])[] = [
    ['NHWC', like(moved), 'NHWC', 'NCHW'],
    ['NC4HW4, its end cut off', like(packed(4).subarray(0, values.length)), 'NC4HW4', 'NCHW'],
    ['NC8HW8 with its padding', new Tensor(packed(8), [1, 16, 12, 10]), 'NC8HW8', 'NCHW'],
    [
      'one element late',
      like(Float32Array.from([...values.subarray(1), 0])),
      'NCHW',
      'NCHW from 1 element late',
    ],
  ]
  for (const [what, candidate, held, readAs] of cases) {
    const { causes } = ask(candidate)
    t.match(causes, [{ code: 'LAYOUT_MISREAD', evidence: { held, readAs }, fix: { mnn: /./ } }], what)
    t.ok(causes[0]!.confidence > 0.9, what)
  }
})

t.test('padding that was kept behind the last value, and values that were cut off', async (t) => {
  const ten = new Tensor(values.subarray(0, 10), [1, 10])
  const padded = new Tensor(Float32Array.from([...values.subarray(0, 10), 0, 0]), [1, 12])
  t.match(ask(padded, fp32, ten).causes, [{ code: 'LAYOUT_MISREAD', evidence: { held: 'NC4' } }])
  t.match(ask(new Tensor(values.subarray(0, 900), [900])).causes, [{ code: 'LAYOUT_MISREAD' }])
})

t.test("gaps between ncnn's channels", async (t) => {
  const small = new Tensor(values.subarray(0, 9 * 7), [1, 7, 3, 3])
  const memory = new Float32Array(7 * 12)
  for (let c = 0; c < 7; c++) memory.set(values.subarray(c * 9, c * 9 + 9), c * 12)
  for (const [length, kept] of [
    [63, [1, 7, 3, 3]],
    [84, [84]],
  ] as const) {
    t.match(ask(new Tensor(memory.subarray(0, length), kept), fp32, small).causes, [
      { code: 'LAYOUT_MISREAD', evidence: { held: 'NCHW+cstep4' }, fix: { ncnn: /m\.channel\(c\)/ } },
    ])
  }
})

t.test('dimensions in another order, as the shape says, and as it does not', async (t) => {
  const moved = Float32Array.from(
    values,
    (_, i) => values[(i % channels) * inner + Math.floor(i / channels)]!,
  )
  t.same(codesOf(new Tensor(moved, [1, 12, 10, 11])), ['LAYOUT_MISREAD'])
  t.same(
    codesOf(new Tensor(moved, [1, 12, 10, 11], { layout: 'NHWC' })),
    ['NONE'],
    'who says so is understood',
  )
  t.same(codesOf(new Tensor(values, [1, 12, 10, 11])), ['LAYOUT_MISREAD'], 'NCHW that is called NHWC')
  t.same(codesOf(new Tensor(values, [1320])), ['NONE'], 'a flat copy has no order of its own')
})

t.test('report 1: fp16 in blocks of eight channels, read as floats by host<>()', async (t) => {
  const bits = castTensor(new Tensor(packed(8), [16 * inner]), 'float16')!.data as Uint16Array
  const read = new Float32Array(values.length)
  new Uint16Array(read.buffer).set(bits)
  const { causes } = ask(like(read))
  t.match(causes, [
    {
      code: 'LAYOUT_MISREAD',
      evidence: { held: 'NC8HW8', readAs: 'NCHW' },
      fix: { mnn: /copyToHostTensor/ },
    },
    {
      code: 'DTYPE_MISREAD',
      evidence: { heldType: 'float16', readAsType: 'float32' },
      fix: { mnn: /copyToHostTensor/ },
    },
  ])
})

t.test('another element type', async (t) => {
  const bits = castTensor(reference, 'float16')!.data as Uint16Array
  t.match(ask(new Tensor(bits, shape, { dtype: 'bfloat16' })).causes, [
    { code: 'DTYPE_MISREAD', evidence: { heldType: 'float16', readAsType: 'bfloat16', judgedAs: 'fp16' } },
  ])
  t.match(ask(new Tensor(new Int32Array(values.slice().buffer), shape)).causes, [
    { code: 'DTYPE_MISREAD', evidence: { heldType: 'float32', readAsType: 'int32' } },
  ])
  const levels = Int8Array.from(values, (value) => Math.round(value * 25))
  const wrapped = Float32Array.from(new Uint8Array(levels.buffer), (level) => level / 25)
  t.match(ask(like(wrapped), { precision: 'int8' }).causes, [
    { code: 'DTYPE_MISREAD', evidence: { heldType: 'int8', readAsType: 'uint8' } },
  ])
})

t.test('a scale and an offset', async (t) => {
  t.match(ask(like(values.map((value) => 255 * value))).causes, [
    { code: 'SCALE_OFFSET_MISSING', message: /candidate = 255 \* reference/, evidence: { slope: 255 } },
  ])
  t.match(ask(like(values.map((value) => 2 * value - 1))).causes, [
    { code: 'SCALE_OFFSET_MISSING', evidence: { slope: 2, offset: -1 }, fix: { ncnn: /v \* 0\.5 \+ 0\.5/ } },
  ])
  const each = values.map(
    (value, i) => value * (1 + (Math.floor(i / inner) % 5)) - 0.3 * Math.floor(i / inner),
  )
  t.match(ask(like(each)).causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { axis: 1, channels: 11 } }])
  const levels = Int8Array.from(values, (value) => Math.round(value * 25))
  t.match(ask(new Tensor(levels, shape), { precision: 'int8' }).causes, [{ code: 'SCALE_OFFSET_MISSING' }])
})

t.test('a last step that is missing, doubled or too many', async (t) => {
  const shares = softmaxed(values)
  const cases: readonly (readonly [Float32Array, Float32Array, string, string])[] = [
    [shares, values, 'softmax', 'missing'],
    [values, shares, 'softmax', 'extra'],
    [shares, softmaxed(shares), 'softmax', 'doubled'],
    [values.map((value) => 1 / (1 + Math.exp(-value))), values, 'sigmoid', 'missing'],
    [values, values.map(Math.tanh), 'tanh', 'extra'],
    [shares, shares.map(Math.log), 'exp', 'missing'],
    [shares.map(Math.log), values, 'log-softmax', 'missing'],
  ]
  for (const [wanted, given, name, how] of cases) {
    const { causes } = ask(like(given), fp32, like(wanted))
    t.match(causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { function: name, how } }], `${name} ${how}`)
    t.equal(causes.length, 1)
  }
  const embedding = values.subarray(0, 96)
  const norm = Math.hypot(...embedding)
  const unit = new Tensor(
    embedding.map((value) => value / norm),
    [1, 96],
  )
  t.match(ask(new Tensor(embedding, [1, 96]), fp32, unit).causes, [
    { code: 'SCALE_OFFSET_MISSING', evidence: { function: 'L2 normalisation', how: 'missing', axis: 1 } },
  ])
})

t.test('a layout and a last step at once are both named', async (t) => {
  const { causes } = ask(like(packed(4).subarray(0, values.length)), fp32, like(softmaxed(values)))
  t.match(causes, [
    { code: 'LAYOUT_MISREAD', evidence: { held: 'NC4HW4' } },
    { code: 'SCALE_OFFSET_MISSING', evidence: { function: 'softmax', how: 'missing' } },
  ])
})

t.test('several samples hold a cause to all of them', async (t) => {
  const other = makeMap(2)
  const pair = (given: Float32Array, candidate: Float32Array) => ({
    name: 'out',
    reference: like(given),
    candidate: like(candidate),
  })
  const doubled = (given: Float32Array) => given.map((value) => 2 * value)
  const same = diagnoseOutputs([pair(values, doubled(values)), pair(other, doubled(other))], fp32)
  t.match(same.causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { samples: 2 } }])
  const mixed = diagnoseOutputs([pair(values, doubled(values)), pair(other, other)], fp32)
  t.same(mixed.causes, [], 'what is true of one sample only is no cause')
})

t.test('several outputs are looked at one by one', async (t) => {
  const other = makeMap(2)
  const { causes } = diagnoseOutputs(
    [
      { name: 'map', reference, candidate: reference },
      { name: 'scores', reference: like(other), candidate: like(other.map((value) => value / 255)) },
    ],
    fp32,
  )
  t.match(causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { output: 'scores' } }])
  const { causes: none, missing } = diagnoseOutputs(
    [
      { name: 'map', reference, candidate: like(other) },
      { name: 'scores', reference: like(other), candidate: reference },
    ],
    fp32,
  )
  t.same(none, [])
  t.match(missing[0], /holds the values of 'scores'/)
})

t.test('an overflow is a suspicion, and none in fp32', async (t) => {
  const broken = values.map((value, i) => (i % 50 === 0 ? Number.NaN : value))
  t.match(ask(like(broken), { precision: 'fp16' }).causes, [{ code: 'PRECISION_OVERFLOW', confidence: 0.6 }])
  const { causes, rejected } = ask(like(broken))
  t.same(causes, [])
  t.match(rejected.at(-1), { code: 'PRECISION_OVERFLOW', evidence: { candidateNan: 27 } })
  const saturated = values.map((value, i) => (i < 300 ? 65504 : value))
  t.match(ask(like(saturated), { precision: 'fp16' }).causes, [
    { code: 'PRECISION_OVERFLOW', confidence: 0.7 },
  ])
})

t.test('what is none of these is not accused', async (t) => {
  const strangers: Readonly<Record<string, Float32Array>> = {
    'another map': makeMap(5),
    'noise at 12 dB': noisy(12),
    'negative values cut': values.map((value) => Math.max(0, value)),
    'half of the channels': values.map((value, i) => (Math.floor(i / inner) % 2 ? 0 : value)),
    'half another map': values.map((value, i) => value + makeMap(5)[i]!),
    mirrored: values.map((_, i) => values[i - (i % 10) + 9 - (i % 10)]!),
    squared: values.map((value) => value * value),
  }
  for (const [what, candidate] of Object.entries(strangers)) {
    for (const precision of ['fp32', 'int8', null] as const) {
      const { causes, missing } = ask(like(candidate), { precision })
      t.same(causes, [], `${what} as ${precision}`)
      t.ok(missing.length > 0, 'what would decide is said')
    }
  }
})

t.test('what cannot be compared gets a clear answer', async (t) => {
  const zeros = new Float32Array(values.length)
  t.match(ask(reference, fp32, like(zeros)).missing[0], /zero throughout/)
  t.match(ask(like(zeros)).missing[0], /0 throughout/)
  t.match(
    ask(reference, fp32, like(values.map(() => Number.NaN))).missing[0],
    /reference's 'out' has 1320 NaN/,
  )
  const none = new Tensor(new Float32Array(0), [0, 4])
  t.match(ask(none, fp32, none).missing[0], /empty on both sides/)
  t.match(ask(none).missing[0], /empty on one side/)
  t.match(ask(like(values.map(() => 0.5))).missing[0], /0\.5 throughout/)
  const three = new Tensor(Float32Array.of(1, 2, 4), [1, 3])
  t.match(ask(new Tensor(Float32Array.of(2, 4.5, 7.7), [1, 3]), fp32, three).missing.join(), /too few/)
})

t.test('arguments are checked', async (t) => {
  t.throws(() => ask(values as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => ask(reference, { precision: 'fp33' as never }, reference), {
    code: 'TWINFER_INVALID_ARGUMENT',
  })
  t.throws(() => ask(reference, { precision: 'fp32', floorDb: Number.NaN }), {
    code: 'TWINFER_INVALID_ARGUMENT',
  })
  t.same(codesOf(like(noisy(60)), { precision: 'fp32', floorDb: 50 }), ['NONE'])
})

t.test('ten scores that were never dequantised are known by being whole numbers', (t) => {
  const scores = [-1.303, -4.025, -0.527, 0.386, -0.49, -0.212, -3.49, 0.008, -0.239, 4.632]
  const given = new Tensor(Float32Array.from(scores), [1, 10])
  const levels = Float32Array.of(-47, -128, -25, 2, -23, -15, -112, -9, -16, 127)
  const { causes } = ask(new Tensor(levels, [1, 10]), fp32, given)
  t.match(causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { judgedAs: 'int8' } }])

  // So few values say little: where they are no levels of a byte, a line that meets them as well is no proof.
  const off = levels.map((value) => value + 0.25)
  t.strictSame(ask(new Tensor(off, [1, 10]), fp32, given).causes, [])
  const other = Float32Array.of(-40, -128, -33, 12, -2, -40, -90, -25, 8, 127)
  t.strictSame(ask(new Tensor(other, [1, 10]), fp32, given).causes, [], 'levels of other scores')
  t.end()
})

t.test('rows that bytes round away are not lost, and rows that bytes could hold are', async (t) => {
  const [height, width] = [96, 64]
  const mapShape = [1, 1, height, width]
  const draw = seededRandom(5)
  // A detector's map: most rows hold next to nothing, below half a step of 1 / 255, the others what it found.
  const map = Float32Array.from({ length: height * width }, (_, i) => {
    const row = Math.floor(i / width)
    return row % 4 === 0 ? draw() : 0.0015 * draw()
  })
  const given = new Tensor(map, mapShape)
  const bytes = map.map((value) => Math.round(value * 255) - 128)
  const found = ask(new Tensor(bytes, mapShape), { precision: 'bf16' }, given)
  t.match(found.causes, [{ code: 'SCALE_OFFSET_MISSING', evidence: { judgedAs: 'int8' } }])

  const damaged = bytes.map((value, i) => (Math.floor(i / width) === 8 ? -128 : value))
  const { causes } = ask(new Tensor(damaged, mapShape), { precision: 'bf16' }, given)
  t.notMatch(causes, [{ code: 'SCALE_OFFSET_MISSING', confidence: 0.95 }], 'a row is lost besides')
})
