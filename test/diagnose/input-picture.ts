// What happened to an input, traced back to the picture.
import t from 'tap'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import { recoverFromTensor } from '../../dist/diagnose/input/recoverFromTensor.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

const image = paintedPicture(330, 220, 11)
const record: Preprocessing = {
  size: { width: 112, height: 112 },
  order: 'RGB',
  fit: 'cover',
  cropPct: 0.9,
  resampler: 'pillow',
  interpolation: 'bicubic',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
}

/** The rows read with width and height exchanged. */
const sheared: Pixels = { ...image, width: image.height, height: image.width }

function diagnose(deployed: Tensor, picture = image) {
  return diagnoseInputs([{ name: 'x', image: picture, golden: preprocess(image, record), deployed }])
}

t.test('rows that were read at the wrong length are recognised, also with other faults', async (t) => {
  const { causes } = diagnose(preprocess(sheared, record))
  t.same(
    causes.map(({ code }) => code),
    ['PREPROC_SOURCE_STRIDE_SWAPPED'],
  )
  t.ok(causes[0]!.confidence > 0.9)
  const both = diagnose(preprocess(sheared, { ...record, order: 'BGR' })).causes.map(({ code }) => code)
  t.same(both.sort(), ['PREPROC_CHANNEL_ORDER', 'PREPROC_SOURCE_STRIDE_SWAPPED'], 'the first founding report')
})

t.test('what rounding leaves of a mean is no other mean because a preset lies nearer', (t) => {
  const lite: Preprocessing = { ...record, resampler: 'mnn', interpolation: 'bilinear', mean: 127, std: 128 }
  const codes = (mean: number) => {
    const boxed: Preprocessing = { ...lite, resampler: 'pillow', interpolation: 'box', mean }
    const sample = { name: 'x', image, golden: preprocess(image, lite), deployed: preprocess(image, boxed) }
    return diagnoseInputs([sample]).causes.map(({ code }) => code)
  }
  // A third of a level, which halves that are rounded up leave; the next preset is 127.5 by 128.
  t.same(codes(127.3), ['PREPROC_INTERPOLATION'])
  t.match(codes(129), ['PREPROC_MEAN_STD', 'PREPROC_INTERPOLATION'])
  t.end()
})

t.test(
  'so are those of a small input whose pixels were picked, where a smooth search sees nothing',
  async (t) => {
    const small: Preprocessing = {
      ...record,
      size: { width: 28, height: 28 },
      fit: 'stretch',
      cropPct: undefined,
      resampler: 'opencv',
      interpolation: 'bilinear',
    }
    const picture = paintedPicture(349, 221, 2)
    const read: Pixels = { ...picture, width: picture.height, height: picture.width }
    const sample = {
      name: 'x',
      image: picture,
      golden: preprocess(picture, small),
      deployed: preprocess(read, small),
    }
    const { causes } = diagnoseInputs([sample])
    t.same(
      causes.map(({ code }) => code),
      ['PREPROC_SOURCE_STRIDE_SWAPPED'],
    )
    t.ok(causes[0]!.confidence > 0.9)
  },
)

t.test('so is a cut of fine detail by any usual share, with odd pixels on either side', async (t) => {
  const random = seededRandom(3)
  const [width, height] = [208, 418]
  const greys = Float64Array.from({ length: width * height }, () => 200 * random())
  const data = Uint8ClampedArray.from(
    { length: 3 * greys.length },
    (_, i) => greys[Math.floor(i / 3)]! + 40 * random(),
  )
  const picture: Pixels = { width, height, channels: 3, data }
  for (const [cropPct, centring] of [
    [0.95, 'up'],
    [0.97, 'down'],
    [0.8, 'even'],
  ] as const) {
    const cut: Preprocessing = {
      size: { width: 28, height: 28 },
      order: 'RGB',
      fit: 'cover',
      cropPct,
      centring,
      resampler: 'opencv',
      interpolation: 'bilinear',
    }
    const { sqnrDb, record, missing } = recoverFromTensor(picture, preprocess(picture, cut))
    t.ok(sqnrDb > 50, `${cropPct} ${centring}: ${sqnrDb} dB`)
    t.match({ record, missing }, { record: { fit: 'cover', resampler: 'opencv' }, missing: [] })
  }
})

t.test('the same filter that is not rounded to 8 bits is no other one', async (t) => {
  const golden: Preprocessing = { ...record, interpolation: 'bilinear' }
  const named = (changes: Partial<Preprocessing>) =>
    diagnoseInputs([
      {
        name: 'x',
        image,
        golden: preprocess(image, golden),
        deployed: preprocess(image, { ...golden, ...changes }),
      },
    ]).causes.map(({ code }) => code)
  t.same(named({ resampler: 'torchvision', antialias: true, rounded: false }), [])
  t.same(named({ resampler: 'torchvision', antialias: false }), ['PREPROC_INTERPOLATION'])
})

t.test('both records are recovered, and every difference named', async (t) => {
  const wrong: Preprocessing = {
    ...record,
    cropPct: 0.875,
    interpolation: 'bilinear',
    mean: [100, 110, 120],
    std: [50, 60, 70],
  }
  const { causes } = diagnose(preprocess(image, wrong))
  t.same(causes.map(({ code }) => code).sort(), ['PREPROC_CROP', 'PREPROC_INTERPOLATION', 'PREPROC_MEAN_STD'])
  const { golden, deployed } = causes[0]!.evidence as Record<string, Preprocessing & { preset?: string }>
  t.match(golden, {
    fit: 'cover',
    cropPct: 0.9,
    resampler: 'pillow',
    interpolation: 'bicubic',
    preset: 'ImageNet',
  })
  t.match(deployed, { fit: 'cover', cropPct: 0.875, resampler: 'pillow', interpolation: 'bilinear' })
  const [mean, std] = [deployed!.mean as number[], deployed!.std as number[]]
  for (let c = 0; c < 3; c++) {
    t.ok(Math.abs(mean[c]! / (wrong.mean as number[])[c]! - 1) < 0.005, `mean ${mean[c]}`)
    t.ok(Math.abs(std[c]! / (wrong.std as number[])[c]! - 1) < 0.005, `std ${std[c]}`)
  }
})

t.test('the orientation that a camera noted and nobody applied', async (t) => {
  const noted = { ...image, orientation: 6 }
  const golden = preprocess(noted, record)
  const deployed = preprocess(image, record)
  const { causes } = diagnoseInputs([{ name: 'x', image: noted, golden, deployed }])
  t.match(causes, [
    { code: 'PREPROC_ROTATED', evidence: { exifOrientation: 6, orientation: 6, mirrored: false } },
  ])
})

t.test('a picture that neither was made of is said to be another', async (t) => {
  const other = paintedPicture(330, 220, 12)
  const { causes, missing } = diagnose(preprocess(image, { ...record, order: 'BGR' }), other)
  t.same(
    causes.map(({ code }) => code),
    ['PREPROC_CHANNEL_ORDER'],
    'the tensors still tell',
  )
  t.match(missing, [/not made from this picture/])
})

t.test('a record is recovered from a picture and a tensor', async (t) => {
  const found = recoverFromTensor(image, preprocess(image, record))
  t.match(found.record, {
    order: 'RGB',
    fit: 'cover',
    cropPct: 0.9,
    resampler: 'pillow',
    interpolation: 'bicubic',
  })
  t.match(found, {
    isIdentified: true,
    preset: 'ImageNet',
    orientation: 1,
    isStrideSwapped: false,
    missing: [],
  })
  t.ok(found.sqnrDb > 60)
  const letterbox: Preprocessing = {
    ...record,
    order: 'BGR',
    fit: 'letterbox',
    cropPct: 1,
    pad: { value: 114 },
    resampler: 'opencv',
    interpolation: 'area',
  }
  t.match(recoverFromTensor(image, preprocess(image, letterbox)).record, {
    order: 'BGR',
    fit: 'letterbox',
    pad: { value: [114, 114, 114], position: 'centre' },
    resampler: 'opencv',
    interpolation: 'area',
  })
  const grey: Preprocessing = { ...record, order: 'GREY', mean: 33, std: 78 }
  t.match(recoverFromTensor(image, preprocess(image, grey)).record, { order: 'GREY' })
  // Grey is rounded before it is resized, or behind it: to the last digit only by making it as the library does.
  for (const [resampler, interpolation] of [
    ['pillow', 'bicubic'],
    ['opencv', 'area'],
    ['ncnn', 'bilinear'],
  ] as const) {
    for (const side of [8, 28]) {
      const made = {
        ...grey,
        size: { width: side, height: side },
        fit: 'stretch',
        resampler,
        interpolation,
      } as const
      const found = recoverFromTensor(image, preprocess(image, made))
      t.match(
        found.record,
        { order: 'GREY', fit: 'stretch', resampler, interpolation },
        `${resampler} ${side}`,
      )
      t.ok(found.sqnrDb > 100, `${found.sqnrDb} dB`)
      t.ok(Math.abs((found.record.mean as number[])[0]! - 33) < 0.001)
      t.ok(Math.abs((found.record.std as number[])[0]! / 78 - 1) < 0.0001)
    }
  }
})

t.test('what cannot be recovered is said', async (t) => {
  const other = recoverFromTensor(paintedPicture(330, 220, 13), preprocess(image, record))
  t.equal(other.isIdentified, false)
  t.match(other.missing, [/may be of another picture/])
  t.throws(() => recoverFromTensor(image, Tensor.zeros([1, 3, 8, 8])), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /one value only/,
  })
  t.throws(() => recoverFromTensor(image, Tensor.zeros([4])), { code: 'TWINFER_SHAPE_MISMATCH' })
})

t.test('an original that does not apply the orientation that the file notes', (t) => {
  const noted: Pixels = { ...image, orientation: 6 }
  const golden = preprocess(noted, { ...record, exif: false })
  const { causes } = diagnoseInputs([
    { name: 'x', image: noted, golden, deployed: preprocess(noted, record) },
  ])
  t.match(causes, [
    {
      code: 'PREPROC_ROTATED',
      message:
        /turned upright as its file notes, and the golden input was made of the pixels as they are stored/,
      evidence: { golden: { exif: false } },
      fix: { twinfer: /"exif":false/, ncnn: /as they are stored/ },
    },
  ])
  const found = recoverFromTensor(noted, golden)
  t.match(found, { orientation: 1, record: { exif: false } })
  t.same(preprocess(noted, found.record).shape, golden.shape)
  t.match(recoverFromTensor(noted, preprocess(noted, record)), { orientation: 1 })
  t.notHas(recoverFromTensor(noted, preprocess(noted, record)).record, 'exif')
  t.end()
})

t.test('one level more or less of a grey picture is no colour that the other lacks', (t) => {
  const grey: Pixels = { ...image, data: Uint8Array.from(image.data) }
  for (let i = 0; i < grey.data.length; i += 3) grey.data.fill(image.data[i]!, i, i + 3)
  const golden = preprocess(grey, record)
  const random = seededRandom(4)
  const rounded = (golden.data as Float32Array).map((value) => value + (random() - 0.5) / 58)
  t.same(diagnose(new Tensor(rounded, golden.shape), grey).causes, [])
  // The same where the picture has colours: one of the two inputs lost them.
  t.match(diagnose(golden).causes, [{ code: 'PREPROC_GREY' }])
  t.end()
})
