// Faults that hide others from a comparison of two tensors: a picture made grey, and one whose rows were sheared.
import t from 'tap'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

const image = paintedPicture(300, 200, 7)
const record: Preprocessing = {
  size: { width: 96, height: 96 },
  order: 'RGB',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: 0,
  std: 1,
}
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

function codes(golden: Preprocessing, deployed: Preprocessing, pixels: Pixels, original = image): string[] {
  const sample = {
    name: 'x',
    golden: preprocess(original, golden),
    deployed: preprocess(pixels, deployed),
  }
  return diagnoseInputs([sample])
    .causes.map(({ code }) => code)
    .sort()
}

function madeGrey({ data, ...rest }: Pixels): Pixels {
  const grey = data.slice()
  for (let i = 0; i < data.length; i += 3)
    grey.fill(Math.round(0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!), i, i + 3)
  return { ...rest, data: grey }
}

const grey = madeGrey(image)
const letterbox: Preprocessing = { ...record, fit: 'letterbox', pad: { value: 114 } }

const greyCases: readonly (readonly [what: string, Preprocessing, Partial<Preprocessing>, string[]])[] = [
  ['alone', record, {}, []],
  ['alone, with mean and std of each channel', { ...record, ...imageNet }, {}, []],
  ['alone, between bars', letterbox, {}, []],
  ['not rounded to 8 bits', { ...record, ...imageNet }, { resampler: 'torchvision', rounded: false }, []],
  ['another range', record, { mean: 0.5, std: 0.5 }, ['PREPROC_RANGE']],
  ['another mean and std', record, imageNet, ['PREPROC_MEAN_STD']],
  [
    'no smoothing',
    { ...record, ...imageNet },
    { resampler: 'opencv', interpolation: 'nearest' },
    ['PREPROC_INTERPOLATION'],
  ],
  ['bars of another value', letterbox, { pad: { value: 0 } }, ['PREPROC_ASPECT']],
]
for (const [what, golden, change, besides] of greyCases) {
  t.test(`grey, ${what}`, async (t) => {
    t.same(codes(golden, { ...golden, ...change }, grey), [...besides, 'PREPROC_GREY'].sort())
  })
}

const swapped: Pixels = { ...image, width: image.height, height: image.width }
const shearedCases: readonly (readonly [what: string, Preprocessing, Partial<Preprocessing>, string[]])[] = [
  ['alone', record, {}, []],
  ['alone, with mean and std of each channel', { ...record, ...imageNet }, {}, []],
  ['the order exchanged', record, { order: 'BGR' }, ['PREPROC_CHANNEL_ORDER']],
  [
    'the order exchanged, with mean and std of each channel',
    { ...record, ...imageNet },
    { order: 'BGR' },
    ['PREPROC_CHANNEL_ORDER'],
  ],
  ['another range', record, { mean: 0.5, std: 0.5 }, ['PREPROC_RANGE']],
]
for (const [what, golden, change, besides] of shearedCases) {
  t.test(`rows read at the wrong length, ${what}`, async (t) => {
    t.same(
      codes(golden, { ...golden, ...change }, swapped),
      [...besides, 'PREPROC_SOURCE_STRIDE_SWAPPED'].sort(),
    )
  })
}

t.test(
  'rows read at the wrong length, where another part of them is cut out, or half of their height is left',
  async (t) => {
    const cover: Preprocessing = { ...record, fit: 'cover', cropPct: 0.875 }
    const letterboxed: Preprocessing = {
      ...record,
      fit: 'letterbox',
      pad: { value: 0 },
      size: { width: 128, height: 64 },
    }
    for (const [original, way] of [
      [paintedPicture(373, 211, 1), cover],
      [paintedPicture(373, 211, 4), cover],
      [paintedPicture(209, 420, 1), letterboxed],
    ] as const) {
      const read: Pixels = { ...original, width: original.height, height: original.width }
      t.same(codes(way, way, read, original), ['PREPROC_SOURCE_STRIDE_SWAPPED'])
    }
  },
)

t.test('what changes down another picture only, or at random, is not sheared', async (t) => {
  const random = seededRandom(5)
  const { data, ...rest } = image
  const others: Pixels[] = [
    { ...rest, data: data.map((_, i) => (i / 900) % 256) },
    { ...rest, data: data.map((_, i) => (Math.floor(i / 900) % 9) * 25) },
    { ...rest, data: data.map(() => 256 * random()) },
    { ...rest, data: data.map((_, i) => 100 + (Math.floor(i / 900) % 50) + 3 * random()) },
  ]
  for (const other of others) t.same(codes(record, record, other), [])
  // Noise on the right picture is no shear either, though it leaves the rows' means.
  const noisy: Pixels = { ...rest, data: data.map((value) => Math.min(255, value * 0.4 + 150 * random())) }
  t.notOk(codes(record, record, noisy).includes('PREPROC_SOURCE_STRIDE_SWAPPED'))
})

t.test('pictures of other things with rows alike are not sheared', async (t) => {
  const lit = (seed: number): Pixels => {
    const { data, ...rest } = paintedPicture(300, 200, seed)
    // A bright sky over a dark ground.
    return {
      ...rest,
      data: data.map((value, i) => Math.min(255, 0.3 * value + 170 * (1 - Math.floor(i / 900) / 200) ** 2)),
    }
  }
  for (const [one, other] of [
    [11, 12],
    [13, 14],
    [15, 16],
  ] as const)
    t.same(codes(record, record, lit(one), lit(other)).includes('PREPROC_SOURCE_STRIDE_SWAPPED'), false)
})
