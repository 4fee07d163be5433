import { answering } from '../errors/answering.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { ImageSize, Pixels, Preprocessing } from './Preprocessing.js'
import { type Box, type Geometry, planGeometry } from './planGeometry.js'
import { partOf, type Raster, rasterOf } from './Raster.js'
import { type ResolvedPreprocessing, resolvePreprocessing } from './resolvePreprocessing.js'
import { type ChannelStatistics, channelsAreEqual, statisticsOf, type Values } from './stageStatistics.js'
import { arrangeRaster, orientRaster, resizeRaster } from './steps.js'

/** In the order in which they happen. `placed`: cut out or padded, still in pixel units; `normalised`: the input. */
export type StageName = 'decoded' | 'oriented' | 'resized' | 'placed' | 'normalised'

/** What a picture is after one stage of its way to the input. */
export interface Stage extends ImageSize {
  readonly name: StageName
  readonly channels: number
  /** In the order of the channels: of the pixels up to `resized`, of the model from `placed` on. */
  readonly statistics: readonly ChannelStatistics[]
  /** What is odd, in whole sentences; empty where nothing is. */
  readonly warnings: readonly string[]
  /** Interleaved values without gaps: bytes, or floats that were not rounded, or the input's. */
  pixels(): Uint8Array | Float32Array
}

export interface PreprocessStages {
  /** What `preprocess` gives. */
  readonly tensor: Tensor
  readonly stages: readonly Stage[]
}

/** Above this change of a picture's aspect, in either direction, a stage has a warning. */
const mostAspectChange = 0.05

/**
 * The same as `preprocess`, with every stage of it: its size, the statistics of each channel, and what is odd (values
 * that are not finite, channels that are constant or all equal, pixels that were scaled before, an aspect that changed
 * by more than 5 %). Everything is computed whole, which takes longer than `preprocess`.
 *
 * @throws TwinferError as `preprocess` does.
 */
export const preprocessStages = answering(
  'preprocessStages',
  (pixels: Pixels, record: Preprocessing): PreprocessStages => {
    const resolved = resolvePreprocessing(record)
    const decoded = rasterOf(pixels)
    const upright = orientRaster(decoded, pixels.orientation ?? 1, resolved)
    const geometry = planGeometry(upright, resolved)
    const whole = wholeOf(geometry)
    const resized = resizeRaster(upright, geometry, whole, resolved)
    const window = partOf(resized, geometry.window)
    const placed = arrangeRaster(window, geometry, unscaled(resolved))
    const tensor = arrangeRaster(window, geometry, resolved)
    return {
      tensor,
      stages: [
        stageOf('decoded', valuesOf(decoded), scaledBefore(decoded)),
        stageOf('oriented', valuesOf(upright)),
        stageOf('resized', valuesOf(resized), aspectWarnings(geometry)),
        stageOf('placed', valuesOfTensor(placed, resolved)),
        stageOf('normalised', valuesOfTensor(tensor, resolved)),
      ],
    }
  },
)

function wholeOf({ resized, source }: Geometry): Box {
  const { width, height } = resized ?? source
  return { left: 0, top: 0, width, height }
}

/** The record up to the point where pixels are scaled. */
function unscaled(record: ResolvedPreprocessing): ResolvedPreprocessing {
  const each = (value: number) => new Array<number>(record.channels).fill(value)
  return { ...record, scale: 1, mean: each(0), std: each(1), layout: 'NCHW' }
}

function stageOf(name: StageName, values: Values, known: readonly string[] = []): Stage {
  const statistics = statisticsOf(values)
  const { width, height, channels } = values
  return {
    name,
    width,
    height,
    channels,
    statistics,
    warnings: [...known, ...oddities(values, statistics)],
    pixels: () => interleaved(values),
  }
}

function oddities(values: Values, statistics: readonly ChannelStatistics[]): string[] {
  const warnings: string[] = []
  const notFinite = statistics.reduce((sum, channel) => sum + channel.notFinite, 0)
  if (notFinite > 0) warnings.push(`${notFinite} values are not finite.`)
  for (const [channel, { min, max }] of statistics.slice(0, 3).entries()) {
    if (min === max && values.width * values.height > 1) {
      warnings.push(`Channel ${channel} is ${min} everywhere.`)
    }
  }
  if (channelsAreEqual(values)) {
    warnings.push(
      'All channels are equal: of a grey picture nobody can tell in which order its channels are.',
    )
  }
  return warnings
}

function scaledBefore(raster: Raster): string[] {
  const most = Math.max(...statisticsOf(valuesOf(raster)).map(({ max }) => max))
  return most === 1 ? ['No pixel is above 1: they were scaled already, where 0 to 255 are expected.'] : []
}

function aspectWarnings({ source, resized }: Geometry): string[] {
  if (resized === null) return []
  const change = resized.width / source.width / (resized.height / source.height)
  if (Math.max(change, 1 / change) - 1 <= mostAspectChange) return []
  const from = `${source.width} x ${source.height}`
  const wider = change > 1 ? 'wider' : 'narrower'
  const percent = Math.round(Math.abs(change - 1) * 100)
  return [`The aspect changed: ${from} became ${resized.width} x ${resized.height}, ${percent} % ${wider}.`]
}

function valuesOf(raster: Raster): Values {
  return { ...raster, rowStep: raster.stride, pixelStep: raster.channels, channelStep: 1 }
}

function valuesOfTensor({ data, layout }: Tensor, { size, channels }: ResolvedPreprocessing): Values {
  const { width, height } = size
  const isInterleaved = layout === 'NHWC'
  return {
    data: data as Float32Array | Uint8Array,
    width,
    height,
    channels,
    offset: 0,
    rowStep: isInterleaved ? width * channels : width,
    pixelStep: isInterleaved ? channels : 1,
    channelStep: isInterleaved ? 1 : width * height,
  }
}

function interleaved(values: Values): Uint8Array | Float32Array {
  const { data, width, height, channels, offset, rowStep, pixelStep, channelStep } = values
  const count = width * height * channels
  const copy = data instanceof Float32Array ? new Float32Array(count) : new Uint8Array(count)
  let to = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        copy[to++] = data[offset + y * rowStep + x * pixelStep + channel * channelStep]!
      }
    }
  }
  return copy
}
