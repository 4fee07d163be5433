// Against what the libraries themselves give, at 200 pairs of sizes: test/fixtures/resampling.
import t from 'tap'
import { readNpz } from 'twinfer/npy'
import { type Interpolation, interpolationsOf, preprocess, type Resampler } from 'twinfer/preprocess'
import { fixture } from '../helpers/fixtures.js'

const references = Object.fromEntries(await readNpz(`${fixture('resampling')}/references.npz`))
const bytes = (name: string) => references[name]!.data as Uint8Array
const [pictureHeight, pictureWidth] = references.picture!.shape as [number, number]

interface Case {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly wide: number
  readonly high: number
  readonly channels: 1 | 3
}
const cases: readonly Case[] = Array.from({ length: references.cases!.shape[0]! }, (_, i) => {
  const [left, top, width, height, wide, high, channels] = (references.cases!.data as Int32Array).subarray(
    7 * i,
    7 * i + 7,
  ) as unknown as number[]
  return { left, top, width, height, wide, high, channels } as Case
})

/** The part of the picture that a case is of, one channel of it or three. */
function partOf({ left, top, width, height, channels }: Case): Uint8Array {
  const part = new Uint8Array(width * height * channels)
  let to = 0
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        part[to++] = bytes('picture')[(y * pictureWidth + x) * 3 + channel]!
      }
    }
  }
  return part
}

function resized(given: Case, resampler: Resampler, interpolation: Interpolation, antialias?: boolean) {
  const { width, height, wide, high, channels } = given
  return preprocess(
    { data: partOf(given), width, height, channels },
    {
      size: { width: wide, height: high },
      order: channels === 1 ? 'GREY' : 'RGB',
      fit: 'stretch',
      resampler,
      interpolation,
      antialias,
      layout: 'NHWC',
      dtype: 'uint8',
    },
  ).data as Uint8Array
}

/** The largest difference in levels, and the share of values that differ at all. */
function differences(name: string, given: (each: Case) => Uint8Array): { most: number; share: number } {
  const expected = bytes(name)
  let [at, most, count] = [0, 0, 0]
  for (const each of cases) {
    const found = given(each)
    for (const value of found) {
      const difference = Math.abs(value - expected[at++]!)
      most = Math.max(most, difference)
      if (difference > 0) count++
    }
  }
  if (at !== expected.length) throw new Error(`${name}: ${at} values of ${expected.length}`)
  return { most, share: count / at }
}

t.test('there are references: both directions, of 200 pairs of sizes', async (t) => {
  t.equal(cases.length, 200)
  t.equal(pictureHeight, 64)
  t.ok(cases.filter(({ width, wide }) => wide > width).length > 20, 'growing')
  t.ok(cases.filter(({ width, wide }) => wide < width).length > 100, 'shrinking')
})

for (const interpolation of interpolationsOf('pillow')) {
  t.test(`pillow ${interpolation}: every byte`, async (t) => {
    const { most, share } = differences(`pillow-${interpolation}`, (each) =>
      resized(each, 'pillow', interpolation),
    )
    // Another C library's sine may move a weight by its last bit.
    t.ok(most <= 1 && share < 1e-4, `${most} levels, ${share} of the values`)
  })
}

for (const interpolation of interpolationsOf('opencv')) {
  // The x86 wheels compute bicubic with Intel's IPP, whose sums are its own.
  const [few, what] = interpolation === 'bicubic' ? [0.05, 'within a level'] : [1e-4, 'every byte']
  t.test(`opencv ${interpolation}: ${what}`, async (t) => {
    const { most, share } = differences(`opencv-${interpolation}`, (each) =>
      resized(each, 'opencv', interpolation),
    )
    t.ok(most <= 1 && share < few, `${most} levels, ${share} of the values`)
  })
}

for (const interpolation of interpolationsOf('torchvision')) {
  for (const antialias of interpolation.startsWith('nearest') ? [false] : [false, true]) {
    const name = `torchvision-${interpolation}${antialias ? '-antialias' : ''}`
    t.test(`${name}: every byte`, async (t) => {
      const { most, share } = differences(name, (each) =>
        resized(each, 'torchvision', interpolation, antialias),
      )
      t.ok(most <= 1 && share < 1e-4, `${most} levels, ${share} of the values`)
    })
  }
}

// Recorded on x64: elsewhere the engines have other instructions, and their own rounding.
const tolerance = process.arch === 'x64' ? 0 : 2
for (const [resampler, interpolations] of [
  ['ncnn', interpolationsOf('ncnn')],
  ['mnn', interpolationsOf('mnn')],
] as const) {
  for (const interpolation of interpolations) {
    t.test(`${resampler} ${interpolation}: what the engine's own call gives`, async (t) => {
      const { most } = differences(`${resampler}-${interpolation}`, (each) =>
        resized(each, resampler, interpolation),
      )
      t.ok(most <= tolerance, `${most} levels`)
    })
  }
}
