import { TwinferError } from '../../errors/TwinferError.js'
import type { ImageSize } from '../../preprocess/Preprocessing.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'

/** One picture as its channels, each a plane of width * height values in rows. */
export interface Planes extends ImageSize {
  readonly channels: readonly Float32Array[]
}

/** A part of a picture, in its pixels: from the left and top edge of (x, y) on. Fractions are parts of a pixel. */
export interface Box extends ImageSize {
  readonly x: number
  readonly y: number
}

/** How the dimensions of a tensor are read as pictures: its own layout, or channels last where the shape can be nothing else. */
export interface PictureShape extends ImageSize {
  readonly pictures: number
  readonly channels: number
  readonly channelsLast: boolean
}

const fewChannels = 4

/**
 * What the shape says: [N, C, H, W] or [N, H, W, C] by the tensor's layout; channels last also where only the last
 * dimension can be the channels (at most 4, and the one where NCHW has them is more). [C, H, W], [H, W, C] and
 * [H, W] are one picture. Throws TWINFER_SHAPE_MISMATCH for any other rank and for an empty tensor.
 */
export function pictureShape({ shape, layout }: Tensor): PictureShape {
  const [pictures, dimensions] = shape.length === 4 ? [shape[0]!, shape.slice(1)] : [1, shape]
  if ((dimensions.length !== 3 && dimensions.length !== 2) || shape.includes(0)) {
    throw new TwinferError(
      'TWINFER_SHAPE_MISMATCH',
      `expected the shape of a picture, such as [1, 3, height, width], received [${shape.join(', ')}]`,
      {
        help: 'Give the tensor as the model takes it: [N, C, H, W], [N, H, W, C], [C, H, W], [H, W, C] or [H, W].',
      },
    )
  }
  if (dimensions.length === 2) {
    return { pictures, channels: 1, height: dimensions[0]!, width: dimensions[1]!, channelsLast: false }
  }
  const [first, second, third] = dimensions as [number, number, number]
  const channelsLast = layout === 'NHWC' || (third <= fewChannels && first > fewChannels)
  return channelsLast
    ? { pictures, height: first, width: second, channels: third, channelsLast }
    : { pictures, channels: first, height: second, width: third, channelsLast }
}

/** The pictures of a tensor. Throws as `pictureShape` does. */
export function planesOf(tensor: Tensor): Planes[] {
  const { pictures, ...shape } = pictureShape(tensor)
  const values = float32Values(tensor)
  const size = values.length / pictures
  return Array.from({ length: pictures }, (_, n) =>
    splitChannels(values.subarray(n * size, (n + 1) * size), shape),
  )
}

/** Values in the order of memory as planes: channels one after the other, or interleaved where they come last. */
export function splitChannels(
  values: Float32Array | Float64Array,
  { width, height, channels, channelsLast }: Omit<PictureShape, 'pictures'>,
): Planes {
  const area = width * height
  return {
    width,
    height,
    channels: Array.from({ length: channels }, (_, c) => {
      if (!channelsLast) return Float32Array.from(values.subarray(c * area, (c + 1) * area))
      const plane = new Float32Array(area)
      for (let i = 0; i < area; i++) plane[i] = values[i * channels + c]!
      return plane
    }),
  }
}

export const wholeOf = ({ width, height }: ImageSize): Box => ({ x: 0, y: 0, width, height })

/** Whole pixels of a picture, without a copy where that is all of it. */
export function cutOut(planes: Planes, { x, y, width, height }: Box): Planes {
  if (width === planes.width && height === planes.height && x === 0 && y === 0) return planes
  return {
    width,
    height,
    channels: planes.channels.map((plane) => {
      const part = new Float32Array(width * height)
      for (let row = 0; row < height; row++) {
        const start = (y + row) * planes.width + x
        part.set(plane.subarray(start, start + width), row * width)
      }
      return part
    }),
  }
}

/** EXIF's orientations: what to do with the stored picture to see it upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** The orientation that undoes one: only the quarter turns are not their own. */
export const undo = (orientation: Orientation): Orientation =>
  orientation === 6 ? 8 : orientation === 8 ? 6 : orientation

export const turnsSides = (orientation: Orientation): boolean => orientation >= 5

/** A picture that is stored with EXIF's orientation, as it is seen upright. */
export function orient(planes: Planes, orientation: Orientation): Planes {
  if (orientation === 1) return planes
  const { width, height } = planes
  const size = turnsSides(orientation) ? { width: height, height: width } : { width, height }
  // Where (0, 0), a step to the right and a step down lie in the stored picture.
  const last = width * height - 1
  const [start, right, down] = {
    2: [width - 1, -1, width],
    3: [last, -1, -width],
    4: [last - width + 1, 1, -width],
    5: [0, width, 1],
    6: [last - width + 1, -width, 1],
    7: [last, -width, -1],
    8: [width - 1, width, -1],
  }[orientation] as [number, number, number]
  return {
    ...size,
    channels: planes.channels.map((plane) => {
      const turned = new Float32Array(plane.length)
      for (let y = 0, i = 0; y < size.height; y++) {
        for (let x = 0, from = start + y * down; x < size.width; x++, from += right)
          turned[i++] = plane[from]!
      }
      return turned
    }),
  }
}

/** What a picture's values are, over all channels. */
export interface ValueCounts {
  readonly notFinite: number
  readonly min: number
  readonly max: number
}

/** Counts NaN and infinities, and finds the least and the greatest of the other values (0 where there is none). */
export function countValues(planes: Planes): ValueCounts {
  let [notFinite, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const plane of planes.channels) {
    for (let i = 0; i < plane.length; i++) {
      const value = plane[i]!
      if (!Number.isFinite(value)) notFinite++
      else {
        if (value < min) min = value
        if (value > max) max = value
      }
    }
  }
  return min > max ? { notFinite, min: 0, max: 0 } : { notFinite, min, max }
}

/** Whether every channel has one value only. */
export function isConstant(planes: Planes): boolean {
  return planes.channels.every((plane) => plane.every((value) => value === plane[0]))
}

/** What remains of a picture inside of bars of one colour, and that colour. */
export interface Content {
  readonly box: Box
  /** A value for each channel; null where no side has a bar. */
  readonly bars: readonly number[] | null
}

/**
 * The picture without rows and columns at its edges that have one value in each channel, the same on all sides: what
 * padding leaves. A picture of one colour is all content.
 */
export function withoutBars(planes: Planes): Content {
  const { width, height } = planes
  const whole: Content = { box: wholeOf(planes), bars: null }
  for (const corner of [0, width * height - 1]) {
    const bars = planes.channels.map((plane) => plane[corner]!)
    const isBar = (start: number, step: number, count: number) =>
      planes.channels.every((plane, c) => {
        for (let i = 0, at = start; i < count; i++, at += step) if (plane[at] !== bars[c]) return false
        return true
      })
    let [left, right, top, bottom] = [0, width, 0, height]
    while (top < bottom && isBar(top * width, 1, width)) top++
    if (top === bottom) return whole
    while (isBar((bottom - 1) * width, 1, width)) bottom--
    while (isBar(top * width + left, width, bottom - top)) left++
    while (isBar(top * width + right - 1, width, bottom - top)) right--
    const box = { x: left, y: top, width: right - left, height: bottom - top }
    if (box.width < width || box.height < height) return { box, bars }
  }
  return whole
}
