import type { Raster } from './Raster.js'

/** Of one channel. Where no value is finite, all of them are NaN. */
export interface ChannelStatistics {
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Of all values, not of a sample of them. */
  readonly std: number
  /** How many values are not finite: NaN or infinite. The others are what the rest is of. */
  readonly notFinite: number
}

/** Strided values: value i of channel c is at offset + c * channelStep + row and pixel steps. */
export interface Values extends Pick<Raster, 'data' | 'width' | 'height' | 'channels' | 'offset'> {
  readonly rowStep: number
  readonly pixelStep: number
  readonly channelStep: number
}

export function statisticsOf(values: Values): ChannelStatistics[] {
  return Array.from({ length: values.channels }, (_, channel) => channelStatistics(values, channel))
}

function channelStatistics(values: Values, channel: number): ChannelStatistics {
  const { data, width, height, rowStep, pixelStep } = values
  let [min, max, sum, power, notFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0]
  // Sums are taken around the first value: squares of large means would swallow a small deviation.
  const start = values.offset + channel * values.channelStep
  const origin = Number.isFinite(data[start]) ? data[start]! : 0
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = start + y * rowStep; x < width; x++, at += pixelStep) {
      const value = data[at]!
      if (!Number.isFinite(value)) {
        notFinite++
        continue
      }
      if (value < min) min = value
      if (value > max) max = value
      sum += value - origin
      power += (value - origin) ** 2
    }
  }
  const count = width * height - notFinite
  if (count === 0) return { min: Number.NaN, max: Number.NaN, mean: Number.NaN, std: Number.NaN, notFinite }
  const mean = sum / count
  return { min, max, mean: origin + mean, std: Math.sqrt(Math.max(0, power / count - mean ** 2)), notFinite }
}

/** Whether colours are grey: every channel says the same. False for one channel. */
export function channelsAreEqual(values: Values): boolean {
  const { data, width, height, channels, rowStep, pixelStep, channelStep, offset } = values
  if (channels < 3) return false
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = offset + y * rowStep; x < width; x++, at += pixelStep) {
      for (const other of [at + channelStep, at + 2 * channelStep]) {
        if (data[at] !== data[other]) return false
      }
    }
  }
  return true
}
