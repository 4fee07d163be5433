import { answering } from '../../errors/answering.js'
import type { NativeFeatures } from '../../native/NativePreprocess.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { type ChannelStatistics, statisticsOf } from '../stageStatistics.js'
import type { AudioPreprocessing, Sound } from './AudioPreprocessing.js'
import { featuresOf, samplesOf, tensorOf } from './preprocessAudio.js'
import { type ResolvedAudio, resolveAudio } from './resolveAudio.js'

/**
 * In the order in which they happen. `waveform`: the samples of the one channel; `spectrogram`: magnitudes or powers by
 * frame and FFT bin; `mel`: by frame and mel; `log`: their logarithms, with the energy; `features`: the input.
 */
export type AudioStageName = 'waveform' | 'spectrogram' | 'mel' | 'log' | 'features'

/** What sound is after one stage of its way to the input. */
export interface AudioStage {
  readonly name: AudioStageName
  /** Or samples, of the waveform. */
  readonly frames: number
  /** FFT bins or mels of a frame; 1 of the waveform. */
  readonly columns: number
  /** Of all values, as one channel. */
  readonly statistics: readonly ChannelStatistics[]
  /** What is odd, in whole sentences; empty where nothing is. */
  readonly warnings: readonly string[]
  /** Time from left to right; low frequencies below, in decibels where no logarithm was taken. */
  picture(): AudioPicture
}

/** Grey bytes, row after row. */
export interface AudioPicture {
  readonly width: number
  readonly height: number
  readonly channels: 1
  readonly data: Uint8Array
}

export interface AudioStages {
  /** What `preprocessAudio` gives. */
  readonly tensor: Tensor
  readonly stages: readonly AudioStage[]
}

/**
 * The same as `preprocessAudio`, with every stage of it: its size, the statistics of its values, and what is odd
 * (silence, samples that were scaled before or clipped, mels that no FFT bin falls into, values that are not finite).
 *
 * @throws TwinferError as `preprocessAudio` does.
 */
export const audioStages = answering(
  'audioStages',
  (sound: Sound, record: AudioPreprocessing): AudioStages => {
    const resolved = resolveAudio(record)
    const samples = samplesOf(sound, resolved)
    const input = featuresOf(samples, resolved, 'features')
    const mel = featuresOf(samples, resolved, 'mel')
    return {
      tensor: tensorOf(input, resolved),
      stages: [
        waveformStage(samples),
        stageOf('spectrogram', featuresOf(samples, resolved, 'spectrum'), decibels(resolved)),
        stageOf('mel', mel, decibels(resolved), emptyMels(mel)),
        stageOf(
          'log',
          featuresOf(samples, resolved, 'log'),
          resolved.log === null ? decibels(resolved) : same,
        ),
        stageOf('features', featuresOf(samples, { ...resolved, layout: 'frames-mels' }, 'features'), same),
      ],
    }
  },
)

/** Pictures are at most this wide: of longer sound every so manieth frame is shown. */
const mostWide = 4096
const waveHeight = 129

function waveformStage(samples: Float32Array): AudioStage {
  const statistics = statisticsOf(asChannel(samples))
  return {
    name: 'waveform',
    frames: samples.length,
    columns: 1,
    statistics,
    warnings: waveformWarnings(samples, statistics[0]!),
    picture: () => waveformPicture(samples, statistics[0]!),
  }
}

function waveformWarnings(samples: Float32Array, { min, max }: ChannelStatistics): string[] {
  if (min === max) return [`Every sample is ${min}: this is silence.`]
  const most = Math.max(-min, max)
  if (most > 2) {
    return [`Samples reach ${most}: they were scaled already, where -1 to 1 is expected.`]
  }
  const clipped = samples.reduce((count, sample) => count + Number(Math.abs(sample) >= 32767 / 32768), 0)
  const share = clipped / samples.length
  return share > 0.001
    ? [`${(100 * share).toFixed(1)} % of the samples are at their limit: they are clipped.`]
    : []
}

function emptyMels({ frames, columns, values }: NativeFeatures): string[] {
  const empty: number[] = []
  for (let mel = 0; mel < columns; mel++) {
    let isEmpty = true
    for (let frame = 0; frame < frames && isEmpty; frame++) isEmpty = values[frame * columns + mel] === 0
    if (isEmpty) empty.push(mel)
  }
  if (empty.length === 0 || empty.length === columns) return []
  return [`No FFT bin falls into the mels ${empty.join(', ')}: there are too many for this FFT.`]
}

function stageOf(
  name: AudioStageName,
  features: NativeFeatures,
  shown: (value: number) => number,
  known: readonly string[] = [],
): AudioStage {
  const { frames, columns, values } = features
  const statistics = statisticsOf(asChannel(values))
  const { min, max, notFinite } = statistics[0]!
  const odd = [
    ...(notFinite > 0 ? [`${notFinite} values are not finite.`] : []),
    ...(min === max && values.length > 1 ? [`Every value is ${min}.`] : []),
  ]
  const picture = () => spectrogramPicture(features, shown)
  return { name, frames, columns, statistics, warnings: [...known, ...odd], picture }
}

function asChannel(data: Float32Array) {
  return {
    data,
    width: data.length,
    height: 1,
    channels: 1,
    offset: 0,
    rowStep: 0,
    pixelStep: 1,
    channelStep: 0,
  }
}

const same = (value: number) => value
/** Of magnitudes or their squares; nothing is below a number that no sound reaches. */
const decibels =
  ({ power }: ResolvedAudio) =>
  (value: number) =>
    (20 / power) * Math.log10(Math.max(value, 1e-20))
/** What a picture of decibels shows below its greatest value. */
const shownDecibels = 80

function spectrogramPicture(
  { frames, columns, values }: NativeFeatures,
  shown: (value: number) => number,
): AudioPicture {
  const step = Math.ceil(frames / mostWide)
  const width = Math.ceil(frames / step)
  const levels = new Float64Array(width * columns)
  let [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let y = 0; y < columns; y++) {
    for (let x = 0; x < width; x++) {
      const level = shown(values[x * step * columns + columns - 1 - y]!)
      levels[y * width + x] = level
      most = Math.max(most, level)
      least = Math.min(least, level)
    }
  }
  const floor = shown === same ? least : Math.max(least, most - shownDecibels)
  const scale = most > floor ? 255 / (most - floor) : 0
  const data = Uint8Array.from(levels, (level) => Math.max(0, Math.round((level - floor) * scale)))
  return { width, height: columns, channels: 1, data }
}

/** From the least to the greatest sample of each column, as sound editors draw it. */
function waveformPicture(samples: Float32Array, { min, max }: ChannelStatistics): AudioPicture {
  const width = Math.min(1024, samples.length)
  const most = Math.max(-min, max) || 1
  const data = new Uint8Array(width * waveHeight)
  const rowOf = (sample: number) => Math.round(((1 - sample / most) / 2) * (waveHeight - 1))
  for (let x = 0; x < width; x++) {
    const part = samples.subarray(
      Math.floor((x * samples.length) / width),
      Math.floor(((x + 1) * samples.length) / width),
    )
    let [least, greatest] = [part[0]!, part[0]!]
    for (const sample of part) {
      least = Math.min(least, sample)
      greatest = Math.max(greatest, sample)
    }
    for (let y = rowOf(greatest); y <= rowOf(least); y++) data[y * width + x] = 255
  }
  return { width, height: waveHeight, channels: 1, data }
}
