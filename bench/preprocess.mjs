#!/usr/bin/env node
// What a photo's way to an input costs: 4000 x 3000 raw RGB pixels to 224 x 224 (short side, centre, antialias bilinear
// of Pillow, to float32), against sharp's resize of the same pixels with one thread, which stays in bytes. The two take
// turns; medians, and the median of the rounds' ratios. The bar is sharp's speed. Below it, every resampler by itself.
// `--json` for programs.
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { interpolationsOf, preprocess, resamplers } from 'twinfer/preprocess'
import { median } from './lib/statistics.mjs'

const BAR = 1
const ROUNDS = 21
const photo = await enlarge(fileURLToPath(new URL('../examples/photo/chelsea.png', import.meta.url)))
const input = { size: { width: 224, height: 224 }, order: 'RGB', fit: 'cover' }
const normalised = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const raw = { raw: { width: photo.width, height: photo.height, channels: 3 } }

sharp.concurrency(1)
sharp.cache(false)
const sharps = [await measureAgainst('linear'), await measureAgainst('lanczos3')]
const alone = resamplers.flatMap((resampler) =>
  interpolationsOf(resampler).map((interpolation) => ({
    resampler,
    interpolation,
    ms: measureAlone({ ...input, ...normalised, resampler, interpolation }),
  })),
)
if (process.argv.includes('--json')) console.log(JSON.stringify({ sharps, alone }))
else printTables()

async function enlarge(file) {
  const [width, height] = [4000, 3000]
  const { data } = await sharp(file)
    .removeAlpha()
    .resize(width, height, { fit: 'cover', kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width, height, channels: 3 }
}

async function measureAgainst(kernel) {
  const record = { ...input, ...normalised, resampler: 'pillow', interpolation: 'bilinear' }
  const contestants = {
    twinfer: () => preprocess(photo, record),
    sharp: () => sharp(photo.data, raw).resize(224, 224, { fit: 'cover', kernel }).raw().toBuffer(),
  }
  const times = { twinfer: [], sharp: [] }
  for (let round = -2; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? ['twinfer', 'sharp'] : ['sharp', 'twinfer']) {
      const started = performance.now()
      await contestants[name]()
      if (round >= 0) times[name].push(performance.now() - started)
    }
  }
  return {
    kernel,
    twinferMs: median(times.twinfer),
    sharpMs: median(times.sharp),
    speed: median(times.twinfer.map((time, i) => times.sharp[i] / time)),
  }
}

function measureAlone(record) {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now()
    preprocess(photo, record)
    return performance.now() - started
  })
  return median(times)
}

function printTables() {
  console.log(
    `4000 x 3000 to 224 x 224, one thread; sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}:`,
  )
  console.table(
    sharps.map(({ kernel, twinferMs, sharpMs, speed }) => ({
      "sharp's kernel": kernel,
      'twinfer (ms)': twinferMs.toFixed(1),
      'sharp (ms)': sharpMs.toFixed(1),
      'speed (x sharp)': speed.toFixed(2),
      'bar reached': speed >= BAR,
    })),
  )
  console.table(alone.map(({ ms, ...rest }) => ({ ...rest, ms: ms.toFixed(1) })))
}
