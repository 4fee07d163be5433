import type { ImageSize } from '../../preprocess/Preprocessing.js'
import { type Box, cutOut, type Planes } from './planes.js'

/** For each sample along an axis, the first pixel that it takes and its weights, `taps` of them. */
interface Filter {
  readonly first: Int32Array
  readonly weights: Float32Array
  readonly taps: number
}

/**
 * A triangle as wide as a step is long, and never narrower than linear interpolation: smooth in where the box lies, so
 * that it can be searched for. Pixels beyond the edge repeat it.
 */
function triangle(start: number, length: number, samples: number, pixels: number): Filter {
  const step = length / samples
  const reach = Math.max(1, step)
  const taps = Math.ceil(2 * reach) + 1
  const first = new Int32Array(samples)
  const weights = new Float32Array(samples * taps)
  for (let i = 0; i < samples; i++) {
    const centre = start + (i + 0.5) * step - 0.5
    const from = Math.ceil(centre - reach)
    const shifted = Math.min(Math.max(from, 0), Math.max(0, pixels - taps))
    first[i] = shifted
    let sum = 0
    for (let pixel = from; pixel < from + taps; pixel++) {
      const weight = Math.max(0, 1 - Math.abs(pixel - centre) / reach)
      if (weight === 0) continue
      const tap = Math.min(Math.max(pixel, 0), pixels - 1) - shifted
      weights[i * taps + Math.min(Math.max(tap, 0), taps - 1)]! += weight
      sum += weight
    }
    if (sum > 0) for (let tap = 0; tap < taps; tap++) weights[i * taps + tap]! /= sum
  }
  return { first, weights, taps }
}

/** Whether a box is whole pixels of a picture, as many as are wanted: then nothing is to be computed. */
function isPart(planes: Planes, { x, y, width, height }: Box, size: ImageSize): boolean {
  return (
    width === size.width &&
    height === size.height &&
    Number.isInteger(x) &&
    Number.isInteger(y) &&
    x >= 0 &&
    y >= 0 &&
    x + width <= planes.width &&
    y + height <= planes.height
  )
}

/** A box of a picture, which may reach beyond it, in `size` samples: smoothed where they are fewer than its pixels. */
export function resample(planes: Planes, box: Box, size: ImageSize): Planes {
  if (isPart(planes, box, size)) return cutOut(planes, box)
  const down = triangle(box.y, box.height, size.height, planes.height)
  const rows = rowsOf(down, planes.height)
  const across = triangle(box.x, box.width, size.width, planes.width)
  return {
    ...sizeOf(size),
    channels: planes.channels.map((plane) =>
      alongColumns(alongRows(plane, planes.width, across, rows), down, rows, size),
    ),
  }
}

/** Resamples many boxes of one picture: those that have their sides in common share the work along rows. */
export function resampler(planes: Planes, size: ImageSize): (box: Box) => Planes {
  const all = { first: 0, last: planes.height }
  const known = new Map<string, Float32Array[]>()
  return (box) => {
    if (isPart(planes, box, size)) return cutOut(planes, box)
    const key = `${box.x} ${box.width}`
    let narrow = known.get(key)
    if (!narrow) {
      const across = triangle(box.x, box.width, size.width, planes.width)
      narrow = planes.channels.map((plane) => alongRows(plane, planes.width, across, all))
      known.set(key, narrow)
    }
    const down = triangle(box.y, box.height, size.height, planes.height)
    return { ...sizeOf(size), channels: narrow.map((plane) => alongColumns(plane, down, all, size)) }
  }
}

const sizeOf = ({ width, height }: ImageSize): ImageSize => ({ width, height })

interface Rows {
  readonly first: number
  readonly last: number
}

/** Only the rows that are wanted. */
function rowsOf({ first, taps }: Filter, height: number): Rows {
  return {
    first: first.reduce((least, row) => Math.min(least, row), height),
    last: Math.min(height, first.reduce((most, row) => Math.max(most, row), 0) + taps),
  }
}

function alongRows(
  plane: Float32Array,
  width: number,
  { first, weights, taps }: Filter,
  rows: Rows,
): Float32Array {
  const samples = first.length
  const narrow = new Float32Array(Math.max(0, rows.last - rows.first) * samples)
  for (let row = rows.first, out = 0; row < rows.last; row++) {
    for (let x = 0; x < samples; x++) {
      const from = first[x]!
      const start = row * width + from
      const end = Math.min(taps, width - from)
      let sum = 0
      for (let tap = 0, w = x * taps; tap < end; tap++) sum += weights[w + tap]! * plane[start + tap]!
      narrow[out++] = sum
    }
  }
  return narrow
}

function alongColumns(narrow: Float32Array, down: Filter, rows: Rows, { width, height }: ImageSize) {
  const samples = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const first = down.first[y]!
    const end = Math.min(down.taps, rows.last - first)
    const to = y * width
    for (let tap = 0; tap < end; tap++) {
      const weight = down.weights[y * down.taps + tap]!
      if (weight === 0) continue
      const from = (first + tap - rows.first) * width
      for (let x = 0; x < width; x++) samples[to + x]! += weight * narrow[from + x]!
    }
  }
  return samples
}

/** A picture in fewer pixels, at most `longest` on its longer side; itself where it has no more. */
export function shrink(planes: Planes, longest: number): Planes {
  const factor = Math.max(planes.width, planes.height) / longest
  if (factor <= 1) return planes
  return resample(
    planes,
    { x: 0, y: 0, width: planes.width, height: planes.height },
    {
      width: Math.max(1, Math.round(planes.width / factor)),
      height: Math.max(1, Math.round(planes.height / factor)),
    },
  )
}

/** The means of square blocks, as a picture: what no resizing filter changes. Pixels that fill no block are left out. */
export function blockMeans(planes: Planes, side: number): Planes {
  if (side <= 1) return planes
  const [width, height] = [Math.floor(planes.width / side), Math.floor(planes.height / side)]
  return {
    width,
    height,
    channels: planes.channels.map((plane) => {
      const means = new Float32Array(width * height)
      for (let y = 0; y < height * side; y++) {
        const row = Math.floor(y / side) * width
        for (let x = 0; x < width * side; x++)
          means[row + Math.floor(x / side)]! += plane[y * planes.width + x]!
      }
      for (let i = 0; i < means.length; i++) means[i]! /= side * side
      return means
    }),
  }
}
