// What filters leave is no other scale, offset or shear: two inputs of one picture, resized differently.
import t from 'tap'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import { inputSqnrDb, sameInputDb } from '../../dist/diagnose/input/recoveredRecord.js'
import { recoverFromTensor } from '../../dist/diagnose/input/recoverFromTensor.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

t.setTimeout(300_000)

const record: Preprocessing = {
  size: { width: 128, height: 64 },
  order: 'RGB',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
  scale: 1 / 255,
}

/** Waves of all lengths under grain, which only filters that smooth take away. */
function grainy(seed: number): Pixels {
  const random = seededRandom(seed)
  const waves = Array.from(
    { length: 12 },
    () => [random() / 3, random() / 3, 6 * random(), 3 * random()] as const,
  )
  const [width, height] = [300, 200]
  const data = new Uint8ClampedArray(width * height * 3)
  for (let i = 0; i < data.length; i += 3) {
    const [x, y] = [(i / 3) % width, Math.floor(i / 3 / width)]
    const grain = 60 * (random() - 0.5)
    for (let c = 0; c < 3; c++) {
      const sum = waves.reduce((all, [a, b, p, q]) => all + Math.sin(a * x + b * y + p + c * q), 0)
      data[i + c] = 128 + grain + 18 * (random() - 0.5) + 14 * sum
    }
  }
  return { width, height, channels: 3, data }
}

function codes(golden: Tensor, deployed: Tensor): string[] {
  return diagnoseInputs([{ name: 'x', golden, deployed }]).causes.map(({ code }) => code)
}

t.test('a range stays a range where the filter is another one too', async (t) => {
  for (const seed of [1, 2, 3, 4]) {
    const image = grainy(seed)
    const deployed = preprocess(image, { ...record, resampler: 'opencv', scale: 1 / 255 / 255 })
    t.same(codes(preprocess(image, record), deployed), ['PREPROC_RANGE', 'PREPROC_INTERPOLATION'], `${seed}`)
    const other = preprocess(image, { ...record, resampler: 'opencv', mean: 0.1, std: 1.1 })
    t.same(codes(preprocess(image, record), other)[0], 'PREPROC_MEAN_STD', `${seed}: one that is none`)
  }
})

t.test('a letterbox in an input of another aspect is no other deviation', async (t) => {
  const tall: Preprocessing = { ...record, size: { width: 64, height: 128 }, interpolation: 'bicubic' }
  for (const seed of [1, 2, 3, 4]) {
    const image = paintedPicture(200, 100, seed)
    const [boxed, stretched] = [preprocess(image, { ...tall, fit: 'letterbox' }), preprocess(image, tall)]
    t.same(codes(boxed, stretched), ['PREPROC_ASPECT'], `${seed}`)
    t.same(codes(stretched, boxed), ['PREPROC_ASPECT'], `${seed}: exchanged`)
    const contrast = preprocess(image, { ...tall, std: 1.1 })
    t.same(codes(boxed, contrast).sort(), ['PREPROC_ASPECT', 'PREPROC_MEAN_STD'], `${seed}: one that is`)
  }
})

t.test('a source read at the wrong length between bars, in few pixels', async (t) => {
  const few: Preprocessing = { ...record, size: { width: 28, height: 28 }, fit: 'letterbox' }
  for (const seed of [1, 4, 5, 6]) {
    const image = paintedPicture(240, 150, seed)
    const sheared = { ...image, width: image.height, height: image.width }
    t.same(
      codes(preprocess(image, few), preprocess(sheared, few)),
      ['PREPROC_SOURCE_STRIDE_SWAPPED'],
      `${seed}`,
    )
    const other = codes(preprocess(image, few), preprocess(paintedPicture(150, 240, seed + 20), few))
    t.notOk(other.includes('PREPROC_SOURCE_STRIDE_SWAPPED'), `${seed}: another picture, upright`)
  }
})

t.test('a record of grey is one that makes the input, whatever explains its pixels', async (t) => {
  const whole = paintedPicture(300, 200, 3)
  const luma = Uint8ClampedArray.from(whole.data, (_, i) => whole.data[i - (i % 3) + 1]!)
  const image: Pixels = { ...whole, data: luma }
  // Not rounded between its two passes, as nothing that a record can name does and gives grey besides.
  const smooth = { ...record, resampler: 'torchvision', antialias: true, rounded: false } as const
  const [plane] = [preprocess(image, { ...smooth, scale: 1 })]
  const area = 128 * 64
  const golden = new Tensor(
    Float32Array.from({ length: area }, (_, i) => Math.round(Number(plane!.data[i])) / 60 - 2),
    [1, 1, 64, 128],
  )
  const recovered = recoverFromTensor(image, golden)
  const db = inputSqnrDb(golden, preprocess(image, recovered.record))!
  t.ok(db > sameInputDb + 5, `${db} dB by ${recovered.record.resampler}`)
})
