import { TwinferError } from '../errors/TwinferError.js'
import type { Centring, ImageSize } from './Preprocessing.js'
import type { ResolvedPreprocessing } from './resolvePreprocessing.js'

/** A part of a picture, in pixels. */
export interface Box extends ImageSize {
  readonly left: number
  readonly top: number
}

/** The way of a picture to an input, in whole pixels. */
export interface Geometry {
  /** The part of the upright picture that is resized. */
  readonly source: Box
  /** What that becomes; null where nothing is resized. */
  readonly resized: ImageSize | null
  /** The part of it that lies on the input. */
  readonly window: Box
  /** Where that lies on the input. */
  readonly left: number
  readonly top: number
}

/** More pixels than this are not made on the way: 1 GiB of RGB floats would follow. */
const mostPixels = 2 ** 28

/** Throws TWINFER_LIMIT_EXCEEDED where the sides of a picture differ so much that its resized one would be huge. */
export function planGeometry(picture: ImageSize, record: ResolvedPreprocessing): Geometry {
  const geometry = planOf(picture, record)
  const { width, height } = geometry.resized ?? record.size
  if (width * height > mostPixels || record.size.width * record.size.height > mostPixels) {
    throw new TwinferError(
      'TWINFER_LIMIT_EXCEEDED',
      `preprocess: expected at most ${mostPixels} pixels, received a picture of ${picture.width} x ${picture.height} ` +
        `that becomes ${width} x ${height}`,
    )
  }
  return geometry
}

function planOf(picture: ImageSize, record: ResolvedPreprocessing): Geometry {
  const { size, fit, cropPct, centring, pad } = record
  const all = { left: 0, top: 0, width: picture.width, height: picture.height }
  switch (fit) {
    case 'stretch':
      return cutOut(all, grown(size, cropPct), size, centring)
    case 'cover':
      return cutOut(all, coveringSize(picture, grown(size, cropPct)), size, centring)
    case 'crop': {
      const scale = Math.min(picture.width / size.width, picture.height / size.height) * cropPct
      const part = {
        width: Math.min(picture.width, Math.max(1, Math.floor(size.width * scale + 1e-9))),
        height: Math.min(picture.height, Math.max(1, Math.floor(size.height * scale + 1e-9))),
      }
      return cutOut({ ...part, ...offsetsOf(picture, part, centring) }, size, size, centring)
    }
    case 'letterbox': {
      const scale = Math.min(size.width / picture.width, size.height / picture.height)
      const resized = {
        width: Math.max(1, roundHalfEven(picture.width * scale)),
        height: Math.max(1, roundHalfEven(picture.height * scale)),
      }
      const at = pad.position === 'centre' ? offsetsOf(size, resized, centring) : { left: 0, top: 0 }
      return { source: all, resized, window: { left: 0, top: 0, ...resized }, ...at }
    }
    case 'pad': {
      const kept = {
        width: Math.min(picture.width, size.width),
        height: Math.min(picture.height, size.height),
      }
      const isCentred = pad.position === 'centre'
      const source = { ...kept, ...(isCentred ? offsetsOf(picture, kept, centring) : { left: 0, top: 0 }) }
      const at = isCentred ? offsetsOf(size, kept, centring) : { left: 0, top: 0 }
      return { source, resized: null, window: { left: 0, top: 0, ...kept }, ...at }
    }
  }
}

/** The centre of what `source` becomes. */
function cutOut(source: Box, resized: ImageSize, size: ImageSize, centring: Centring): Geometry {
  return { source, resized, window: { ...size, ...offsetsOf(resized, size, centring) }, left: 0, top: 0 }
}

/** As timm computes it: the sides of which `cropPct` are the size. */
function grown(size: ImageSize, cropPct: number): ImageSize {
  return { width: Math.floor(size.width / cropPct), height: Math.floor(size.height / cropPct) }
}

/**
 * The least size of the picture's aspect that covers `wanted`: of a square the long side is rounded down (torchvision's
 * Resize of one number), else both sides are rounded (timm's ResizeKeepRatio).
 */
function coveringSize(picture: ImageSize, wanted: ImageSize): ImageSize {
  const { width, height } = picture
  if (wanted.width === wanted.height) {
    const short = wanted.width
    return width <= height
      ? { width: short, height: Math.floor((short * height) / width) }
      : { width: Math.floor((short * width) / height), height: short }
  }
  const ratio = Math.min(width / wanted.width, height / wanted.height)
  return { width: roundHalfEven(width / ratio), height: roundHalfEven(height / ratio) }
}

function offsetsOf(whole: ImageSize, part: ImageSize, centring: Centring): { left: number; top: number } {
  const round = { even: roundHalfEven, down: Math.floor, up: Math.ceil }[centring]
  return { left: round((whole.width - part.width) / 2), top: round((whole.height - part.height) / 2) }
}

/** As Python's round(). */
function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const part = value - below
  return part > 0.5 || (part === 0.5 && below % 2 !== 0) ? below + 1 : below
}
