// What happened to an input, told from the golden and the deployed tensor alone.
import t from 'tap'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { encodeFloat16 } from '../../dist/tensor/float16.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

const image = paintedPicture(300, 200, 7)
const imageNet = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const record: Preprocessing = {
  size: { width: 96, height: 96 },
  order: 'RGB',
  fit: 'cover',
  cropPct: 0.875,
  resampler: 'pillow',
  interpolation: 'bilinear',
  ...imageNet,
}
const oblong: Preprocessing = { ...record, size: { width: 96, height: 64 } }

type Change = Partial<Preprocessing> & { pixels?: Pixels; values?: (tensor: Tensor) => Tensor }

function diagnose(
  original: Preprocessing,
  { pixels = image, values = (tensor) => tensor, ...changes }: Change,
) {
  const golden = preprocess(image, original)
  const deployed = values(preprocess(pixels, { ...original, ...changes }))
  return diagnoseInputs([{ name: 'x', golden, deployed }])
}

const codes = (original: Preprocessing, change: Change): string[] =>
  diagnose(original, change).causes.map(({ code }) => code)

/** The same shape over other values. */
const withData = ({ shape }: Tensor, data: Float32Array): Tensor => new Tensor(data, shape)

function interleaved(tensor: Tensor, channels: number): Float32Array {
  const area = tensor.shape[2]! * tensor.shape[3]!
  const memory = new Float32Array(area * channels)
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < area; i++) memory[i * channels + c] = Number(tensor.data[c * area + i])
  return memory
}

const faults: readonly (readonly [code: string, what: string, original: Preprocessing, change: Change])[] = [
  ['PREPROC_CHANNEL_ORDER', 'BGR for RGB', record, { order: 'BGR' }],
  ['PREPROC_MEAN_STD', 'another mean and std', record, { scale: 1, mean: [104, 117, 123], std: 58 }],
  ['PREPROC_MEAN_STD', 'ImageNet for 0.5', { ...record, mean: 0.5, std: 0.5 }, imageNet],
  ['PREPROC_RANGE', '0…1 for -1…1', { ...record, mean: 0.5, std: 0.5 }, { mean: 0, std: 1 }],
  ['PREPROC_RANGE', 'divided by 255 twice', record, { scale: 1 / 255 / 255 }],
  ['PREPROC_RANGE', 'not divided by 255', record, { scale: 1 }],
  ['PREPROC_ROTATED', 'upside down', record, { pixels: { ...image, orientation: 3 } }],
  ['PREPROC_ROTATED', 'on its side', oblong, { pixels: { ...image, orientation: 6 } }],
  ['PREPROC_CROP', 'cropPct 0.95 for 0.875', record, { cropPct: 0.95 }],
  ['PREPROC_ASPECT', 'stretched', record, { fit: 'stretch', cropPct: 1 }],
  ['PREPROC_ASPECT', 'letterboxed', record, { fit: 'letterbox', cropPct: 1 }],
  [
    'PREPROC_ASPECT',
    'bars of another value',
    { ...record, fit: 'letterbox', cropPct: 1, pad: { value: 114 } },
    { pad: { value: 0 } },
  ],
  [
    'PREPROC_ASPECT',
    'bars elsewhere',
    { ...record, fit: 'letterbox', cropPct: 1, pad: { value: 114 } },
    { pad: { value: 114, position: 'top-left' } },
  ],
  ['PREPROC_INTERPOLATION', 'nearest', record, { resampler: 'opencv', interpolation: 'nearest' }],
  ['PREPROC_INTERPOLATION', 'without smoothing', record, { resampler: 'opencv', interpolation: 'bilinear' }],
  [
    'LAYOUT_MISREAD',
    'NHWC as NCHW',
    oblong,
    { values: (tensor) => withData(tensor, interleaved(tensor, 3)) },
  ],
  [
    'LAYOUT_MISREAD',
    'NC4HW4 as NCHW',
    oblong,
    { values: (tensor) => withData(tensor, interleaved(tensor, 4).slice(0, tensor.length)) },
  ],
  ['DTYPE_MISREAD', 'bytes as floats', record, { values: () => bytesAsFloats() }],
  ['DTYPE_MISREAD', 'float16 as float32', record, { values: halvesAsFloats }],
  [
    'DTYPE_MISREAD',
    'cast to int8',
    record,
    { values: (tensor) => withData(tensor, Float32Array.from(Int8Array.from(tensor.data as Float32Array))) },
  ],
]

function bytesAsFloats(): Tensor {
  const bytes = preprocess(image, { ...record, scale: 1, mean: 0, std: 1, dtype: 'uint8', layout: 'NHWC' })
  const memory = new Uint8Array(bytes.length * 4)
  memory.set(bytes.data as Uint8Array)
  return new Tensor(new Float32Array(memory.buffer), [1, 3, 96, 96])
}

function halvesAsFloats(tensor: Tensor): Tensor {
  const memory = new Uint16Array(tensor.length * 2)
  memory.set(encodeFloat16(tensor.data as Float32Array))
  return withData(tensor, new Float32Array(memory.buffer))
}

for (const [code, what, original, change] of faults) {
  t.test(`${code}: ${what}`, async (t) => {
    const { causes } = diagnose(original, change)
    t.same(
      causes.map((cause) => cause.code),
      [code],
    )
    t.ok(causes[0]!.confidence > 0.5, 'confident')
    t.ok(
      causes[0]!.fix?.twinfer && causes[0]!.fix.ncnn && causes[0]!.fix.mnn,
      'says what mends it, three times',
    )
  })
}

t.test('what was exchanged is told from what was transposed', async (t) => {
  const swapped = preprocess(image, { ...oblong, size: { width: 64, height: 96 } })
  const golden = preprocess(image, oblong)
  const asMemory = diagnoseInputs([{ name: 'x', golden, deployed: new Tensor(swapped.data, golden.shape) }])
  t.same(
    asMemory.causes.map(({ code }) => code),
    ['PREPROC_TRANSPOSED'],
  )
  t.equal(asMemory.causes[0]!.evidence.widthAndHeightExchanged, true)
  const asShape = diagnoseInputs([{ name: 'x', golden, deployed: swapped }])
  t.same(
    asShape.causes.map(({ code }) => code),
    ['PREPROC_TRANSPOSED'],
  )
  t.same(
    codes(record, { pixels: { ...image, orientation: 5 } }),
    ['PREPROC_TRANSPOSED'],
    'the content itself',
  )
})

t.test('a mirrored picture says so', async (t) => {
  const [cause] = diagnose(record, { pixels: { ...image, orientation: 2 } }).causes
  t.match(cause, { code: 'PREPROC_ROTATED', evidence: { mirrored: true } })
})

t.test('grey is named with the weights that made it', async (t) => {
  const grey = preprocess(image, { ...record, order: 'GREY', mean: 0, std: 1, scale: 1 })
  const three = new Float32Array(grey.length * 3)
  for (let c = 0; c < 3; c++) three.set(grey.data as Float32Array, c * grey.length)
  const golden = preprocess(image, { ...record, mean: 0, std: 1, scale: 1 })
  const { causes } = diagnoseInputs([{ name: 'x', golden, deployed: new Tensor(three, golden.shape) }])
  t.same(
    causes.map(({ code }) => code),
    ['PREPROC_GREY'],
  )
  const weights = causes[0]!.evidence.lumaWeights as number[]
  for (const [c, share] of [0.299, 0.587, 0.114].entries())
    t.ok(Math.abs(weights[c]! - share) < 0.02, `${weights[c]}`)
})

t.test('two faults at once are both named', async (t) => {
  t.same(codes(record, { order: 'BGR', cropPct: 0.95 }).sort(), ['PREPROC_CHANNEL_ORDER', 'PREPROC_CROP'])
  t.same(codes(record, { order: 'BGR', mean: 0.5, std: 0.5 }).sort(), [
    'PREPROC_CHANNEL_ORDER',
    'PREPROC_MEAN_STD',
  ])
  const both = codes(record, { scale: 1, values: (tensor) => withData(tensor, interleaved(tensor, 3)) })
  t.same(both.sort(), ['LAYOUT_MISREAD', 'PREPROC_RANGE'])
  t.same(codes(record, { pixels: { ...image, orientation: 4 }, order: 'BGR' }).sort(), [
    'PREPROC_CHANNEL_ORDER',
    'PREPROC_ROTATED',
  ])
})

t.test('mean and std that follow from a change of order are no second fault', async (t) => {
  // Red meets the mean of blue, because the pixels were exchanged before they were normalised.
  t.same(codes({ ...record, scale: 1, mean: [90, 120, 150], std: [40, 55, 70] }, { order: 'BGR' }), [
    'PREPROC_CHANNEL_ORDER',
  ])
})

t.test('slopes and offsets are in the evidence', async (t) => {
  const [cause] = diagnose({ ...record, mean: 0.5, std: 0.5 }, imageNet).causes
  const { slope, offset } = cause!.evidence as { slope: number[]; offset: number[] }
  for (let c = 0; c < 3; c++) {
    t.ok(Math.abs(slope[c]! - imageNet.std[c]! / 0.5) < 1e-4)
    t.ok(Math.abs(offset[c]! - (imageNet.mean[c]! - 0.5) / 0.5) < 1e-4)
  }
})

t.test('what is innocent is not accused', async (t) => {
  const noise = seededRandom(3)
  const inputs: Record<string, Change> = {
    'the same': {},
    'not rounded to 8 bits': { resampler: 'torchvision', rounded: false },
    'through float16': {
      values: (tensor) =>
        withData(
          tensor,
          Float32Array.from(tensor.data as Float32Array, (value) =>
            Math.fround(Math.round(value * 1024) / 1024),
          ),
        ),
    },
    'another decoder': {
      pixels: { ...image, data: image.data.map((value) => value + Math.floor(3 * noise()) - 1) },
    },
  }
  for (const [what, change] of Object.entries(inputs)) {
    t.same(diagnose(record, change), { causes: [], rejected: [], missing: [] }, what)
  }
})

t.test('what no comparison can use is said', async (t) => {
  const golden = preprocess(image, record)
  const of = (deployed: Tensor, original = golden) =>
    diagnoseInputs([{ name: 'x', golden: original, deployed }])
  const broken = Float32Array.from(golden.data as Float32Array)
  broken[5] = Number.NaN
  t.match(of(withData(golden, broken)).causes, [
    { code: 'INPUT_NOT_FINITE', evidence: { notFinite: 1, side: 'deployed' } },
  ])
  t.match(of(golden, withData(golden, broken)).causes, [
    { code: 'INPUT_NOT_FINITE', evidence: { side: 'golden' } },
  ])
  const zeros = Tensor.zeros(golden.shape)
  t.match(of(zeros).causes, [{ code: 'INPUT_CONSTANT' }])
  t.notMatch(of(zeros).causes[0]!.message, /shape/)
  t.match(of(Tensor.zeros([1, 3, 48, 48])).causes, [
    {
      code: 'INPUT_CONSTANT',
      message: /shape is wrong as well: \[1, 3, 48, 48\].*\[1, 3, 96, 96\]/,
      evidence: { deployedShape: [1, 3, 48, 48], goldenShape: [1, 3, 96, 96] },
    },
  ])
  t.match(of(golden, zeros), { causes: [], missing: [/one value only/] })
  t.match(of(withData(zeros, new Float32Array(zeros.length).fill(3)), zeros), {
    causes: [],
    missing: [/one colour/],
  })
  t.match(of(preprocess(image, { ...record, size: { width: 80, height: 96 } })), {
    causes: [],
    missing: [/\[1, 3, 96, 96\].*\[1, 3, 96, 80\]/],
  })
  t.match(of(new Tensor(new Float32Array(4), [4])), { causes: [], missing: [/shape of a picture/] })
  t.match(diagnoseInputs([{ name: 'x', golden }]), { causes: [], missing: [/golden and a deployed input/] })
})

t.test('inputs of different pictures are not explained', async (t) => {
  const golden = preprocess(image, record)
  const deployed = preprocess(paintedPicture(300, 200, 8), record)
  t.match(diagnoseInputs([{ name: 'x', golden, deployed }]), {
    causes: [],
    rejected: [{}],
    missing: [/different pictures/, /picture that both were made from/],
  })
})

t.test('what a picture cannot show is said', async (t) => {
  const grey = { ...image, data: image.data.map((_, i) => image.data[i - (i % 3)]!) }
  const golden = preprocess(grey, { ...record, mean: 0.5, std: 0.5 })
  const deployed = preprocess(grey, { ...record, order: 'BGR', mean: 0, std: 1 })
  const { causes, missing } = diagnoseInputs([{ name: 'x', golden, deployed }])
  t.same(
    causes.map(({ code }) => code),
    ['PREPROC_RANGE'],
  )
  t.match(missing, [/RGB and BGR cannot be told apart/])
})

t.test('several samples speak together', async (t) => {
  const samples = [1, 2, 3].map((seed) => {
    const pixels = paintedPicture(150, 100, seed)
    return {
      name: `${seed}`,
      golden: preprocess(pixels, record),
      deployed: preprocess(pixels, { ...record, order: 'BGR' }),
    }
  })
  t.match(diagnoseInputs(samples).causes, [
    { code: 'PREPROC_CHANNEL_ORDER', evidence: { samples: 3, samplesWithCause: 3 } },
  ])
})

t.test('a level that another decoder moves, with noise, is no other mean or deviation', async (t) => {
  const random = seededRandom(5)
  const pixels: Preprocessing = { ...record, scale: 1, mean: 0, std: 1 }
  const golden = preprocess(image, pixels)
  const area = golden.shape[2]! * golden.shape[3]!
  const moved = (noise: number) =>
    withData(
      golden,
      Float32Array.from(golden.data as Float32Array, (value, i) => {
        const line = i < area ? 0.9927 * value - 0.3 : value - (i < 2 * area ? 0 : 0.9)
        return line + noise * (random() - 0.5)
      }),
    )
  const named = (deployed: Tensor) =>
    diagnoseInputs([{ name: 'x', golden, deployed }]).causes.map(({ code }) => code)
  t.same(named(moved(1.4)), [])
  t.same(named(moved(0)), ['PREPROC_MEAN_STD'], 'the same without noise is a line')
})
