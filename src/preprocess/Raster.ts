import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { NativeImage } from '../native/native.js'
import type { Pixels } from './Preprocessing.js'

/** Pixels on their way to a tensor: checked, and floats after a resampler that does not round. */
export interface Raster extends NativeImage {
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array
  readonly isBgr: boolean
}

/**
 * Throws TWINFER_INVALID_ARGUMENT for what are no pixels, TWINFER_LENGTH_MISMATCH where the data is not what width,
 * height, channels and stride say, TWINFER_BUFFER_DETACHED where it was transferred away.
 */
export function rasterOf(pixels: Pixels): Raster {
  if (typeof pixels !== 'object' || pixels === null) {
    throw wrong('pixels', 'an object { data, width, height, channels }', pixels)
  }
  const { data, width, height, channels, order = 'RGB', orientation = 1 } = pixels
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw wrong('pixels.data', 'a Uint8Array', data)
  }
  requireWhole('pixels.width', width, 1, 2 ** 24)
  requireWhole('pixels.height', height, 1, 2 ** 24)
  requireWhole('pixels.channels', channels, 1, 4)
  requireWhole('pixels.orientation', orientation, 1, 8)
  if (order !== 'RGB' && order !== 'BGR') throw wrong('pixels.order', "'RGB' or 'BGR'", order)
  const row = width * channels
  const { stride = row } = pixels
  requireWhole('pixels.stride', stride, row, 2 ** 31 - 1)
  const least = (height - 1) * stride + row
  const fits = pixels.stride === undefined ? data.length === least : data.length >= least
  if (!fits) {
    throw new TwinferError(
      data.length === 0 ? 'TWINFER_BUFFER_DETACHED' : 'TWINFER_LENGTH_MISMATCH',
      `pixels.data: expected ${least} bytes${pixels.stride === undefined ? '' : ' or more'} for ` +
        `${width} x ${height} pixels of ${channels} channels, received ${data.length}`,
      { help: 'Where rows are padded, say from how many bytes the next one begins: `stride`.' },
    )
  }
  return { data, width, height, channels, stride, offset: 0, isBgr: order === 'BGR' }
}

/** Pixels without gaps. */
export function packed(
  data: Uint8Array | Float32Array,
  width: number,
  height: number,
  isBgr: boolean,
): Raster {
  const stride = data.length / height
  return { data, width, height, channels: stride / width, stride, offset: 0, isBgr }
}

/** The same memory, fewer pixels. */
export function partOf(
  raster: Raster,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Raster {
  return { ...raster, width, height, offset: raster.offset + top * raster.stride + left * raster.channels }
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrong(name, `a whole number from ${least} to ${most}`, value)
  }
}

function wrong(name: string, expected: string, received: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `preprocess: ${name}: expected ${expected}, received ${describeValue(received)}`,
  )
}
