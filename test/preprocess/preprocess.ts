import t from 'tap'
import {
  interpolationsOf,
  type Pixels,
  type Preprocessing,
  preprocess,
  preprocessStages,
  resamplers,
} from 'twinfer/preprocess'
import { seededRandom } from '../helpers/seededRandom.js'

const plain: Preprocessing = {
  size: { width: 4, height: 4 },
  order: 'GREY',
  fit: 'cover',
  resampler: 'pillow',
  interpolation: 'bilinear',
}

/** Each pixel says where it is: 16 y + x, and as much more in each further channel as fits. */
function numbered(width: number, height: number, channels: 1 | 3 = 1): Pixels {
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels)
    data[i] = 16 * Math.floor(pixel / width) + (pixel % width) + 64 * (i % channels)
  }
  return { data, width, height, channels }
}

function noise(width: number, height: number, channels: 1 | 2 | 3 | 4, seed = 1): Pixels {
  const random = seededRandom(seed)
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random() * 256))
  return { data, width, height, channels }
}

const values = (pixels: Pixels, record: Partial<Preprocessing>) =>
  Array.from(preprocess(pixels, { ...plain, ...record }).data as Float32Array)

/** The top left value of a picture that is cut without being resized, and how many columns and rows it spans. */
function cut(width: number, height: number, record: Partial<Preprocessing>) {
  const found = values(numbered(width, height), record)
  return { left: found[0]! % 16, top: Math.floor(found[0]! / 16) }
}

t.test('cover cuts out the centre, half a pixel by the rule of the record', async (t) => {
  t.same(cut(6, 4, {}), { left: 1, top: 0 })
  t.same(cut(4, 9, {}), { left: 0, top: 2 }, '2.5 is nearer to the even 2')
  t.same(cut(7, 4, {}), { left: 2, top: 0 }, '1.5 is nearer to the even 2')
  t.same(cut(7, 4, { centring: 'down' }), { left: 1, top: 0 })
  t.same(cut(5, 4, { centring: 'up' }), { left: 1, top: 0 })
  t.same(cut(7, 4, { fit: 'crop' }), { left: 1, top: 0 }, 'down by default')
  t.same(cut(10, 8, { fit: 'crop', cropPct: 0.5 }), { left: 3, top: 2 })
})

t.test('sizes on the way are those of torchvision, timm and Ultralytics', async (t) => {
  const resized = (width: number, height: number, record: Partial<Preprocessing>) => {
    const { stages } = preprocessStages(noise(width, height, 1), { ...plain, ...record })
    const stage = stages.find(({ name }) => name === 'resized')!
    return [stage.width, stage.height]
  }
  const square = { width: 224, height: 224 }
  t.same(resized(500, 375, { size: square, cropPct: 0.875 }), [341, 256], 'the long side is rounded down')
  t.same(resized(375, 500, { size: square, cropPct: 0.9 }), [248, 330], '224 / 0.9 is rounded down')
  const wide = { width: 320, height: 192 }
  t.same(resized(500, 375, { size: wide }), [320, 240], 'not square: both sides are rounded')
  t.same(resized(500, 333, { size: wide, fit: 'letterbox' }), [288, 192])
  t.same(resized(333, 500, { size: square, fit: 'letterbox' }), [149, 224])
  t.same(resized(500, 333, { size: wide, fit: 'stretch' }), [320, 192])
  t.same(resized(500, 333, { size: square, fit: 'stretch', cropPct: 0.875 }), [256, 256])
  t.same(resized(1, 900, { size: square, fit: 'letterbox' }), [1, 224], 'never less than a pixel')
})

t.test('letterbox and pad put the picture in its place, with the pad around it', async (t) => {
  const size = { width: 4, height: 3 }
  const around = { size, fit: 'pad', pad: { value: 7, position: 'centre' } } as const
  t.same(values(numbered(2, 1), around), [7, 7, 7, 7, 7, 0, 1, 7, 7, 7, 7, 7])
  t.same(values(numbered(2, 1), { size, fit: 'pad' }), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  t.same(values(numbered(6, 5), { size: { width: 2, height: 2 }, fit: 'pad' }), [0, 1, 16, 17], 'cut off')
  const centred = { size: { width: 2, height: 1 }, fit: 'pad', pad: { position: 'centre' } } as const
  t.same(values(numbered(6, 5), centred), [34, 35], 'cut off on all sides')
  const boxed = { size: { width: 4, height: 5 }, fit: 'letterbox', pad: { value: 114 } } as const
  t.same(
    values({ data: new Uint8Array(4).fill(9), width: 4, height: 1, channels: 1 }, boxed),
    [114, 114, 114, 114, 114, 114, 114, 114, 9, 9, 9, 9, 114, 114, 114, 114, 114, 114, 114, 114],
  )
  const corner = { ...boxed, pad: { value: 114, position: 'top-left' } } as const
  t.equal(values({ data: new Uint8Array(4).fill(9), width: 4, height: 1, channels: 1 }, corner)[0], 9)
})

t.test('channels are in the order that the model wants, whatever order they come in', async (t) => {
  const size = { width: 1, height: 1 }
  const rgb: Pixels = { data: Uint8Array.of(10, 20, 30), width: 1, height: 1, channels: 3 }
  const rgba: Pixels = { data: Uint8Array.of(10, 20, 30, 99), width: 1, height: 1, channels: 4 }
  const bgr: Pixels = { data: Uint8Array.of(30, 20, 10), width: 1, height: 1, channels: 3, order: 'BGR' }
  for (const resampler of resamplers) {
    for (const pixels of [rgb, rgba, bgr]) {
      t.same(values(pixels, { size, resampler, order: 'RGB' }), [10, 20, 30])
      t.same(values(pixels, { size, resampler, order: 'BGR' }), [30, 20, 10])
      const [grey] = values(pixels, { size, resampler, order: 'GREY' })
      t.ok(grey === 18 || grey === 17, `${resampler}: ${grey}`)
    }
    const grey: Pixels = { data: Uint8Array.of(50, 99), width: 1, height: 1, channels: 2 }
    t.same(values(grey, { size, resampler, order: 'BGR' }), [50, 50, 50], 'grey and alpha')
    t.same(values(grey, { size, resampler, order: 'GREY' }), [50])
  }
})

t.test('values are (pixel * scale - mean) / std, by channel, in either layout', async (t) => {
  const size = { width: 2, height: 1 }
  const pixels: Pixels = { data: Uint8Array.of(0, 51, 102, 255, 204, 153), width: 2, height: 1, channels: 3 }
  const scaled = { size, order: 'RGB', scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [1, 2, 4] } as const
  const planes = preprocess(pixels, { ...plain, ...scaled })
  t.same(planes.shape, [1, 3, 1, 2])
  t.same(planes.dtype, 'float32')
  t.same(Array.from(planes.data as Float32Array), [-0.1, 0.9, 0, 0.3, 0.025, 0.075].map(Math.fround))
  const interleaved = preprocess(pixels, { ...plain, ...scaled, layout: 'NHWC' })
  t.same(interleaved.shape, [1, 1, 2, 3])
  t.equal(interleaved.layout, 'NHWC')
  t.same(Array.from(interleaved.data as Float32Array), [-0.1, 0, 0.025, 0.9, 0.3, 0.075].map(Math.fround))
  const bytes = preprocess(pixels, { ...plain, size, order: 'BGR', dtype: 'uint8' })
  t.equal(bytes.dtype, 'uint8')
  t.same(Array.from(bytes.data as Uint8Array), [102, 153, 51, 204, 0, 255])
  t.same(values(pixels, { size, order: 'RGB', mean: 127.5, std: 127.5 })[0], -1)
  const padded = {
    ...scaled,
    size: { width: 3, height: 1 },
    fit: 'pad',
    pad: { value: [255, 0, 255] },
  } as const
  t.same(values(pixels, padded)[2], Math.fround(0.9), 'the pad is a pixel before it is scaled')
})

t.test("a camera's orientation is applied first, unless the record says not to", async (t) => {
  const size = { width: 2, height: 3 }
  // What a camera that is held at the orientation stores of the picture 0 1 / 16 17 / 32 33.
  const stored: Readonly<Record<number, readonly number[]>> = {
    1: [0, 1, 16, 17, 32, 33],
    2: [1, 0, 17, 16, 33, 32],
    3: [33, 32, 17, 16, 1, 0],
    4: [32, 33, 16, 17, 0, 1],
    5: [0, 16, 32, 1, 17, 33],
    6: [1, 17, 33, 0, 16, 32],
    7: [33, 17, 1, 32, 16, 0],
    8: [32, 16, 0, 33, 17, 1],
  }
  for (const [orientation, data] of Object.entries(stored)) {
    const [width, height] = Number(orientation) < 5 ? [2, 3] : [3, 2]
    const pixels: Pixels = {
      data: Uint8Array.from(data),
      width: width!,
      height: height!,
      channels: 1,
      orientation: Number(orientation),
    }
    t.same(values(pixels, { size, fit: 'stretch' }), [0, 1, 16, 17, 32, 33], orientation)
    const asStored = { size: { width: width!, height: height! }, fit: 'stretch', exif: false } as const
    t.same(values(pixels, asStored), data, `${orientation} as it is`)
  }
})

t.test('rows may be padded, and data may be a view or a part of a larger buffer', async (t) => {
  const { data } = noise(5, 4, 3)
  const wide = new Uint8ClampedArray(7 + 4 * 20).fill(201)
  for (let y = 0; y < 4; y++) wide.set(data.subarray(15 * y, 15 * y + 15), 7 + 20 * y)
  const strided: Pixels = { data: wide.subarray(7), width: 5, height: 4, channels: 3, stride: 20 }
  const packed: Pixels = { data, width: 5, height: 4, channels: 3 }
  const before = wide.slice()
  for (const resampler of resamplers) {
    for (const order of ['RGB', 'GREY'] as const) {
      const record = { resampler, order, fit: 'stretch', size: { width: 3, height: 7 } } as const
      t.same(values(strided, record), values(packed, record), `${resampler} ${order}`)
    }
  }
  t.same(values({ ...strided, orientation: 6 }, {}), values({ ...packed, orientation: 6 }, {}))
  t.same(wide, before, 'pixels are not written')
})

t.test('only what is seen is computed, and it is what the whole has there', async (t) => {
  for (const resampler of resamplers) {
    for (const interpolation of interpolationsOf(resampler)) {
      for (const channels of [1, 3, 4] as const) {
        const pixels = noise(61, 37, channels, channels)
        const record: Preprocessing = {
          ...plain,
          resampler,
          interpolation,
          order: 'RGB',
          cropPct: 0.8,
          size: { width: 20, height: 24 },
        }
        const { tensor } = preprocessStages(pixels, record)
        t.same(preprocess(pixels, record).data, tensor.data, `${resampler} ${interpolation} ${channels}`)
      }
    }
  }
})

t.test('torchvision: floats are not rounded, and smoothing can be left out', async (t) => {
  const record = { resampler: 'torchvision', fit: 'stretch', size: { width: 1, height: 1 } } as const
  const pixels: Pixels = { data: Uint8Array.of(1, 2, 2, 2), width: 2, height: 2, channels: 1 }
  t.same(values(pixels, { ...record, rounded: false }), [1.75])
  t.same(values(pixels, record), [2])
  const spread: Pixels = { data: Uint8Array.of(200, 0, 0, 0, 0, 200), width: 6, height: 1, channels: 1 }
  t.same(values(spread, { ...record, antialias: false }), [0], 'only the two pixels in the middle')
  t.ok(values(spread, record)[0]! > 10)
})

t.test('a record that is wrong is refused, with the nearest name', async (t) => {
  const bad: readonly (readonly [object, RegExp, RegExp?])[] = [
    [{ sise: 1 }, /no field 'sise'/, /'size'/],
    [{ size: [224, 224] }, /size: expected an object \{ width, height \}.*received Array/],
    [{ size: { width: 224 } }, /size.height: expected a whole number from 1 to 65535, received undefined/],
    [{ size: { width: 0, height: 1 } }, /size.width: expected .* received number 0/],
    [{ size: { width: 1, height: 1, depth: 1 } }, /size has no field 'depth'/],
    [{ order: 'rgb' }, /order: expected 'RGB', 'BGR', 'GREY', received string "rgb"/],
    [{ fit: 'leterbox' }, /fit: expected/, /'letterbox'/],
    [{ resampler: 'PIL' }, /resampler: expected 'pillow'/],
    [{ interpolation: 'area' }, /interpolation: expected 'nearest', 'box'.*received string "area"/],
    [{ interpolation: 'bilinar' }, /interpolation/, /'bilinear'/],
    [{ resampler: 'ncnn', interpolation: 'bicubic' }, /interpolation: expected 'bilinear', received/],
    [{ cropPct: 0 }, /cropPct: expected a finite number above 0, at most 1/],
    [{ cropPct: 87.5 }, /cropPct/],
    [{ fit: 'letterbox', cropPct: 0.9 }, /cropPct: expected none for the fit 'letterbox'/],
    [{ pad: { value: 1 } }, /pad: expected none for the fit 'cover'/],
    [{ fit: 'pad', pad: { value: 256 } }, /pad.value: expected a finite number 0 to 255/],
    [{ fit: 'pad', pad: { value: [1, 2] } }, /pad.value: expected 1 or 1 numbers/],
    [{ fit: 'pad', pad: { colour: 1 } }, /pad has no field 'colour'/],
    [{ order: 'RGB', mean: [1, 2] }, /mean: expected 1 or 3 numbers/],
    [{ std: 0 }, /std: expected a finite number other than 0/],
    [{ scale: Number.NaN }, /scale: expected a finite number/],
    [{ antialias: false }, /antialias: expected true for pillow/],
    [{ resampler: 'opencv', antialias: true }, /antialias: expected false for opencv/],
    [{ rounded: false }, /rounded: expected true for pillow/],
    [{ dtype: 'uint8', mean: 1 }, /mean: expected none for the dtype 'uint8'/],
    [{ exif: 'yes' }, /exif: expected true or false/],
    [{ layout: 'NHCW' }, /layout: expected/, /'N/],
  ]
  for (const [fields, message, help = /(?:)/] of bad) {
    const record = { ...plain, ...fields } as Preprocessing
    t.throws(() => preprocess(numbered(4, 4), record), { code: 'TWINFER_INVALID_OPTION', message, help })
  }
  t.throws(() => preprocess(numbered(4, 4), null as never), { code: 'TWINFER_INVALID_OPTION' })
  t.throws(() => interpolationsOf('PIL' as never), { code: 'TWINFER_INVALID_OPTION' })
})

t.test('pixels that are not what they say are refused', async (t) => {
  const good = numbered(4, 4)
  const bad: readonly (readonly [object, string, RegExp])[] = [
    [{ data: [1, 2] }, 'TWINFER_INVALID_ARGUMENT', /pixels.data: expected a Uint8Array, received Array/],
    [{ data: new Uint16Array(16) }, 'TWINFER_INVALID_ARGUMENT', /pixels.data/],
    [{ width: 0 }, 'TWINFER_INVALID_ARGUMENT', /pixels.width: expected a whole number from 1/],
    [{ height: 1.5 }, 'TWINFER_INVALID_ARGUMENT', /pixels.height/],
    [{ channels: 5 }, 'TWINFER_INVALID_ARGUMENT', /pixels.channels: expected a whole number from 1 to 4/],
    [
      { channels: 3 },
      'TWINFER_LENGTH_MISMATCH',
      /expected 48 bytes for 4 x 4 pixels of 3 channels, received 16/,
    ],
    [{ height: 3 }, 'TWINFER_LENGTH_MISMATCH', /expected 12 bytes for 4 x 3/],
    [{ stride: 3 }, 'TWINFER_INVALID_ARGUMENT', /pixels.stride: expected a whole number from 4/],
    [{ stride: 5 }, 'TWINFER_LENGTH_MISMATCH', /expected 19 bytes or more/],
    [{ orientation: 9 }, 'TWINFER_INVALID_ARGUMENT', /pixels.orientation/],
    [{ order: 'RBG' }, 'TWINFER_INVALID_ARGUMENT', /pixels.order/],
  ]
  for (const [fields, code, message] of bad) {
    t.throws(() => preprocess({ ...good, ...fields } as Pixels, plain), { code, message })
  }
  t.throws(() => preprocess(null as never, plain), { code: 'TWINFER_INVALID_ARGUMENT' })
  const gone = numbered(4, 4)
  structuredClone(gone.data.buffer, { transfer: [gone.data.buffer as ArrayBuffer] })
  t.throws(() => preprocess(gone, plain), { code: 'TWINFER_BUFFER_DETACHED' })
  const thread: Pixels = { data: new Uint8Array(100_000), width: 1, height: 100_000, channels: 1 }
  const large = { ...plain, size: { width: 65_535, height: 65_535 } }
  t.throws(() => preprocess(thread, large), { code: 'TWINFER_LIMIT_EXCEEDED', message: /1 x 100000/ })
})

t.test('the smallest pictures and inputs', async (t) => {
  for (const resampler of resamplers) {
    for (const interpolation of interpolationsOf(resampler)) {
      for (const [width, height] of [
        [1, 1],
        [1, 9],
        [9, 1],
        [2, 2],
      ] as const) {
        const pixels: Pixels = {
          data: new Uint8Array(width * height * 3).fill(77),
          width,
          height,
          channels: 3,
        }
        for (const size of [
          { width: 1, height: 1 },
          { width: 5, height: 3 },
        ]) {
          const found = values(pixels, { resampler, interpolation, size, order: 'RGB', fit: 'stretch' })
          t.same(
            found,
            new Array(found.length).fill(77),
            `${resampler} ${interpolation} ${width} x ${height}`,
          )
        }
      }
    }
  }
})
