// The way to an input, recovered from nothing but what the original gave.
import t from 'tap'
import { recoverFromOutputs } from '../../dist/diagnose/input/recoverFromOutputs.js'
import type { Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

const size = { width: 48, height: 48 }
const images = [paintedPicture(150, 100, 1), paintedPicture(120, 90, 2), paintedPicture(90, 160, 3)]

/** A small network that no engine runs: two layers of random weights over patches, then numbers for each patch. */
function network(seed: number): (input: Tensor) => Promise<Tensor> {
  const random = seededRandom(seed)
  const first = Float64Array.from({ length: 12 * 27 }, () => random() - 0.5)
  return async (input) => {
    const output = new Float32Array(12 * 64)
    const area = size.width * size.height
    for (let patch = 0; patch < 64; patch++) {
      const [px, py] = [6 * (patch % 8), 6 * (patch >> 3)]
      for (let k = 0; k < 12; k++) {
        let sum = 0
        for (let i = 0; i < 27; i++) {
          const [c, dy, dx] = [Math.floor(i / 9), Math.floor((i % 9) / 3), i % 3]
          sum += first[k * 27 + i]! * Number(input.data[c * area + (py + 1 + dy) * size.width + px + 1 + dx])
        }
        output[patch * 12 + k] = Math.tanh(sum / 4)
      }
    }
    return new Tensor(output, [1, 12, 64])
  }
}

/** The mean over the patches: as few numbers as a classifier gives. */
function classifier(seed: number): (input: Tensor) => Promise<Tensor> {
  const run = network(seed)
  return async (input) => {
    const { data } = await run(input)
    const output = new Float32Array(12)
    data.forEach((value, i) => {
      output[i % 12]! += Number(value) / 64
    })
    return new Tensor(output, [1, 12])
  }
}

async function recover(record: Preprocessing, floorDb = 40, run = network(5)) {
  const outputs = await Promise.all(images.map((image) => run(preprocess(image, record))))
  return recoverFromOutputs(images, outputs, run, floorDb, { size })
}

const record: Preprocessing = {
  size,
  order: 'BGR',
  fit: 'cover',
  cropPct: 0.9,
  resampler: 'pillow',
  interpolation: 'bicubic',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
}

t.test('order, fit, filter and preset are found', async (t) => {
  const found = await recover(record)
  t.match(found, { isIdentified: true, preset: 'ImageNet', missing: [] })
  t.match(found.record, {
    order: 'BGR',
    fit: 'cover',
    cropPct: 0.9,
    resampler: 'pillow',
    interpolation: 'bicubic',
  })
  t.equal(found.sqnrDb.length, 3)
})

const others: Readonly<Record<string, Preprocessing>> = {
  'the mean blue first, as the channels are': {
    ...record,
    mean: [103.939, 116.779, 123.68],
    std: [1, 1, 1],
  },
  'black bars': {
    ...record,
    order: 'RGB',
    fit: 'letterbox',
    cropPct: undefined,
    pad: { value: 0 },
    interpolation: 'bilinear',
  },
  'an odd pixel on the other side': {
    ...record,
    fit: 'cover',
    cropPct: undefined,
    centring: 'up',
    resampler: 'opencv',
    interpolation: 'area',
  },
  'a share that few people take': {
    ...record,
    cropPct: 0.93,
    resampler: 'opencv',
    interpolation: 'bilinear',
  },
}
for (const [what, planted] of Object.entries(others)) {
  t.test(`found as well: ${what}`, async (t) => {
    const found = await recover(planted)
    t.ok(Math.min(...found.sqnrDb) > 55, `${found.sqnrDb}`)
    for (const key of ['order', 'fit', 'resampler', 'interpolation'] as const)
      t.equal(found.record[key], planted[key])
  })
}

// Of two pictures a wrong cut, filter and numbers came as near as the right ones, and the third one was not asked again.
const few: Readonly<Record<string, Preprocessing>> = {
  'another filter, and an odd pixel on the other side': {
    ...record,
    order: 'RGB',
    centring: 'up',
    mean: 127.5,
    std: 127.5,
  },
  'an odd pixel that only one picture shows': {
    ...record,
    order: 'RGB',
    cropPct: 0.875,
    centring: 'up',
    mean: 127.5,
    std: 127.5,
  },
}
for (const [what, planted] of Object.entries(few)) {
  t.test(`found by the few numbers of a classifier: ${what}`, async (t) => {
    for (const seed of [5, 6]) {
      const found = await recover(planted, 40, classifier(seed))
      t.match(found, { isIdentified: true, missing: [] }, `${seed}: ${found.sqnrDb}`)
      for (const key of ['order', 'fit', 'centring', 'resampler', 'interpolation'] as const)
        t.equal(found.record[key], planted[key])
    }
  })
}

t.test('mean and std that are no preset are solved for', async (t) => {
  const own = { ...record, order: 'RGB' as const, mean: [118, 121, 99], std: [64, 61, 69] }
  const found = await recover(own)
  for (let c = 0; c < 3; c++) {
    t.ok(Math.abs((found.record.mean as number[])[c]! / own.mean[c]! - 1) < 0.005, `${found.record.mean}`)
    t.ok(Math.abs((found.record.std as number[])[c]! / own.std[c]! - 1) < 0.005, `${found.record.std}`)
  }
})

t.test('where nothing reaches the floor, nothing is claimed', async (t) => {
  const outputs = images.map(
    (_, i) =>
      new Tensor(
        Float32Array.from({ length: 768 }, (_, k) => Math.sin(k * (i + 1))),
        [1, 12, 64],
      ),
  )
  const found = await recoverFromOutputs(images, outputs, network(5), 40, { size })
  t.equal(found.isIdentified, false)
  t.match(found.missing, [/golden input/])
})

t.test('what is too little is refused', async (t) => {
  await t.rejects(recoverFromOutputs(images.slice(1), [], network(5), 40, { size }), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /at least 3 images/,
  })
  const outputs = await Promise.all(images.map((image) => network(5)(preprocess(image, record))))
  await t.rejects(recoverFromOutputs(images, outputs, network(5), 40), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /start\.size/,
  })
})
