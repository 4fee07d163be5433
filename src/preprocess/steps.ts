import { native } from '../native/native.js'
import { Tensor } from '../tensor/Tensor.js'
import type { ImageSize } from './Preprocessing.js'
import type { Box, Geometry } from './planGeometry.js'
import { packed, partOf, type Raster } from './Raster.js'
import type { ResolvedPreprocessing } from './resolvePreprocessing.js'

type Bytes = Uint8Array | Uint8ClampedArray

/** Upright, where the record wants that. */
export function orientRaster(raster: Raster, orientation: number, { exif }: ResolvedPreprocessing): Raster {
  if (!exif || orientation === 1) return raster
  const { width, height } = uprightSize(raster, orientation)
  const upright = native().preprocess.orient(raster.data as Bytes, raster, orientation)
  return packed(upright, width, height, raster.isBgr)
}

function uprightSize({ width, height }: ImageSize, orientation: number): ImageSize {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

/** The part of the source that the geometry wants, resized; of that only `window`. */
export function resizeRaster(
  upright: Raster,
  { source, resized }: Geometry,
  window: Box,
  record: ResolvedPreprocessing,
): Raster {
  const part = withoutAlpha(partOf(upright, source))
  // What people train with converts the picture first, ncnn and MNN what they have resized.
  const greyFirst = record.resampler !== 'ncnn' && record.resampler !== 'mnn'
  const before = greyFirst ? greyed(part, record) : part
  return greyed(resized === null ? before : resizedPart(before, resized, window, record), record)
}

function resizedPart(raster: Raster, resized: ImageSize, window: Box, record: ResolvedPreprocessing): Raster {
  const { resampler, interpolation, antialias, rounded } = record
  const { left, top, width, height } = window
  const target = { ...resized, left, top, wantedWidth: width, wantedHeight: height }
  const data = native().preprocess.resize(
    raster.data as Bytes,
    raster,
    target,
    resampler,
    interpolation,
    antialias,
    rounded,
  )
  return packed(data, width, height, raster.isBgr)
}

/** Of grey and alpha only grey: engines take two channels for something else. Colours lose theirs at the end. */
function withoutAlpha(raster: Raster): Raster {
  return raster.channels === 2 ? firstChannel(raster, 'pillow') : raster
}

function greyed(raster: Raster, { order, resampler }: ResolvedPreprocessing): Raster {
  return order === 'GREY' && raster.channels > 1 ? firstChannel(raster, resampler) : raster
}

function firstChannel(raster: Raster, resampler: string): Raster {
  const grey = native().preprocess.grey(raster.data as Bytes, raster, raster.isBgr, resampler)
  return packed(grey, raster.width, raster.height, raster.isBgr)
}

/** The input: pixels in their place, padded around, in the model's order, scaled. */
export function arrangeRaster(
  raster: Raster,
  { left, top }: Pick<Geometry, 'left' | 'top'>,
  record: ResolvedPreprocessing,
): Tensor {
  const { size, layout, dtype, scale, mean, std, pad } = record
  const isInterleaved = layout === 'NHWC'
  const channels = sourceChannels(raster, record).map((source, i) => ({
    source,
    scale,
    mean: mean[i]!,
    std: std[i]!,
    pad: pad.value[i]!,
  }))
  const canvas = { ...size, left, top, isInterleaved }
  const data = native().preprocess.arrange(raster.data, raster, canvas, channels, dtype)
  const { width, height } = size
  const shape = isInterleaved ? [1, height, width, channels.length] : [1, channels.length, height, width]
  return new Tensor(data, shape, { layout })
}

function sourceChannels({ channels, isBgr }: Raster, { order }: ResolvedPreprocessing): readonly number[] {
  if (order === 'GREY') return [0]
  if (channels === 1) return [0, 0, 0]
  return isBgr === (order === 'BGR') ? [0, 1, 2] : [2, 1, 0]
}
