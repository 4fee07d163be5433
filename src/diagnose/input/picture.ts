import type { ImageSize, Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import { type Geometry, planGeometry } from '../../preprocess/planGeometry.js'
import { packed, type Raster, rasterOf } from '../../preprocess/Raster.js'
import { type ResolvedPreprocessing, resolvePreprocessing } from '../../preprocess/resolvePreprocessing.js'
import { arrangeRaster, orientRaster, resizeRaster } from '../../preprocess/steps.js'
import { type Orientation, orientations, type Planes, planesOf, undo } from './planes.js'

/** A picture as its pixels in every orientation, and as its rows read at the wrong length. */
export interface Picture {
  /** As it is seen upright, for searches: no more pixels than those need. */
  readonly planes: Planes
  readonly size: ImageSize
  /** The same for the memory of the file read with width and height exchanged; null where it is square. */
  readonly swapped: { readonly planes: Planes; readonly size: ImageSize } | null
  /** How it lies in the file beside how it is seen upright: 1 where the file notes no orientation. */
  readonly stored: Orientation
  /** The pixels to make an input of: turned so, from memory as it is or read with width and height exchanged. */
  readonly raster: (orientation: Orientation, isSwapped: boolean) => Raster
}

/** Searches need no more pixels along the longer side. */
const mostPixels = 900

/** Throws as `preprocess` does where the pixels are none. */
export function pictureOf(image: Pixels): Picture {
  const stored = packedRaster(rasterOf(image))
  const oriented = anyRecord({ width: 1, height: 1 })
  const upright = orientRaster(stored, image.orientation ?? 1, oriented)
  const swapped: Raster | null =
    stored.width === stored.height
      ? null
      : { ...stored, width: stored.height, height: stored.width, stride: stored.height * stored.channels }
  const turned = new Map<string, Raster>()
  return {
    planes: searchable(upright),
    size: sizeOf(upright),
    stored: undo((image.orientation ?? 1) as Orientation),
    swapped: swapped && { planes: searchable(swapped), size: sizeOf(swapped) },
    raster: (orientation, isSwapped) => {
      const key = `${orientation} ${isSwapped}`
      const known = turned.get(key)
      if (known) return known
      const raster = orientRaster(isSwapped && swapped ? swapped : upright, orientation, oriented)
      turned.set(key, raster)
      return raster
    },
  }
}

const sizeOf = ({ width, height }: ImageSize): ImageSize => ({ width, height })

function packedRaster(raster: Raster): Raster {
  const row = raster.width * raster.channels
  if (raster.stride === row) return raster
  const bytes = new Uint8Array(row * raster.height)
  for (let y = 0; y < raster.height; y++) {
    bytes.set(raster.data.subarray(y * raster.stride, y * raster.stride + row), y * row)
  }
  return packed(bytes, raster.width, raster.height, raster.isBgr)
}

function searchable(raster: Raster): Planes {
  const share = Math.min(1, mostPixels / Math.max(raster.width, raster.height))
  const size = {
    width: Math.max(1, Math.round(raster.width * share)),
    height: Math.max(1, Math.round(raster.height * share)),
  }
  const record = anyRecord(size)
  return render(raster, planGeometry(raster, record), record)
}

/** A record for pixels as they are, red first. */
const anyRecord = (size: ImageSize): ResolvedPreprocessing =>
  resolvePreprocessing({ size, order: 'RGB', fit: 'stretch', resampler: 'pillow', interpolation: 'box' })

/** The pixels that a way to an input gives, 0 to 255, three channels, red first. */
export function render(raster: Raster, geometry: Geometry, record: ResolvedPreprocessing): Planes {
  return planesOf(
    arrangeRaster(resizeRaster(raster, geometry, geometry.window, record), geometry, record),
  )[0]!
}

/** The part of a record that says which pixels: in red, green and blue where nothing else is said, not normalised. */
export function geometricRecord(
  record: Omit<Preprocessing, 'order'> & Partial<Pick<Preprocessing, 'order'>>,
  size: ImageSize,
  order: 'RGB' | 'GREY' = 'RGB',
): ResolvedPreprocessing {
  const { fit, cropPct, centring, resampler, interpolation, antialias, rounded, pad } = record
  return resolvePreprocessing({
    size: sizeOf(size),
    order,
    fit,
    cropPct,
    centring,
    resampler,
    interpolation,
    antialias,
    rounded,
    pad: pad && { position: pad.position },
  })
}

/** The orientation that does what one and then another do. */
export function both(first: Orientation, second: Orientation): Orientation {
  // Where three corners of a square go tells the eight apart.
  const corner = (orientation: Orientation, [x, y]: readonly [number, number]): [number, number] => {
    switch (orientation) {
      case 2:
        return [-x, y]
      case 3:
        return [-x, -y]
      case 4:
        return [x, -y]
      case 5:
        return [y, x]
      case 6:
        return [-y, x]
      case 7:
        return [-y, -x]
      case 8:
        return [y, -x]
      default:
        return [x, y]
    }
  }
  const through = (point: readonly [number, number]) =>
    `${corner(second, corner(first, point)).map((v) => v + 0)}`
  const found = orientations.find((one) =>
    (
      [
        [1, 2],
        [2, -1],
      ] as const
    ).every((point) => `${corner(one, point).map((v) => v + 0)}` === through(point)),
  )
  return found ?? 1
}

/** How a picture stored as `deployed` is to be turned to be seen as one stored as `golden` is. */
export const from = (deployed: Orientation, golden: Orientation): Orientation => both(undo(deployed), golden)
