import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import type { NativeFeatures, NativeLogMelRule } from '../../native/NativePreprocess.js'
import { native } from '../../native/native.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { AudioPreprocessing, Sound } from './AudioPreprocessing.js'
import { type ResolvedAudio, resolveAudio } from './resolveAudio.js'

/**
 * A model's input from sound: a log-mel spectrogram in float32, computed in double precision. The shape is
 * [1, frames, mels], or [1, mels, frames] for the layout `mels-frames`; an energy counts as a mel. Samples are read,
 * never written.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION where the record is wrong, TWINFER_INVALID_ARGUMENT where the sound is,
 * TWINFER_SAMPLE_RATE_MISMATCH for another rate than the record's, TWINFER_AUDIO_UNSUPPORTED for several channels where
 * the record names none, TWINFER_LENGTH_MISMATCH for sound that is too short, TWINFER_LIMIT_EXCEEDED for features of
 * more than 2^28 values, TWINFER_NATIVE_LOAD_FAILED where no addon loads.
 */
export const preprocessAudio = answering(
  'preprocessAudio',
  (sound: Sound, record: AudioPreprocessing): Tensor => {
    const resolved = resolveAudio(record)
    return tensorOf(featuresOf(samplesOf(sound, resolved), resolved, 'features'), resolved)
  },
)

export function tensorOf({ frames, columns, values }: NativeFeatures, { layout }: ResolvedAudio): Tensor {
  return new Tensor(values, layout === 'frames-mels' ? [1, frames, columns] : [1, columns, frames])
}

export function featuresOf(
  samples: Float32Array,
  resolved: ResolvedAudio,
  stage: 'spectrum' | 'mel' | 'log' | 'features',
): NativeFeatures {
  return native().preprocess.logMel(samples, nativeRule(resolved), stage)
}

/** One channel, cut or padded. */
export function samplesOf(sound: Sound, resolved: ResolvedAudio): Float32Array {
  const { sampleRate, sampleCount } = resolved
  requireSound(sound)
  if (sound.sampleRate !== sampleRate) {
    throw new TwinferError(
      'TWINFER_SAMPLE_RATE_MISMATCH',
      `sound: expected ${sampleRate} samples a second, received ${sound.sampleRate}`,
      { help: 'Resample it the way that the training did; nothing is resampled in silence.' },
    )
  }
  const mono = oneChannel(sound, resolved.channel)
  if (sampleCount === null || mono.length === sampleCount) return mono
  const fitted = new Float32Array(sampleCount)
  fitted.set(mono.subarray(0, sampleCount))
  return fitted
}

function requireSound(sound: Sound): void {
  if (typeof sound !== 'object' || sound === null) {
    throw wrong('sound', 'an object { samples, sampleRate }', sound)
  }
  const { samples, sampleRate, channels = 1 } = sound
  if (!(samples instanceof Float32Array)) throw wrong('sound.samples', 'a Float32Array', samples)
  if (typeof sampleRate !== 'number') throw wrong('sound.sampleRate', 'a number of Hz', sampleRate)
  if (!Number.isInteger(channels) || channels < 1) {
    throw wrong('sound.channels', 'a whole number from 1 up', channels)
  }
  if (samples.length === 0 || samples.length % channels !== 0) {
    throw new TwinferError(
      'TWINFER_LENGTH_MISMATCH',
      `sound.samples: expected a multiple of ${channels}, one for each channel, received ${samples.length}`,
    )
  }
}

function oneChannel({ samples, channels = 1 }: Sound, wanted: number | 'mix' | undefined): Float32Array {
  if (channels === 1 && (wanted === undefined || wanted === 'mix' || wanted === 0)) return samples
  if (wanted === undefined) {
    throw new TwinferError('TWINFER_AUDIO_UNSUPPORTED', `sound: expected one channel, received ${channels}`, {
      help: "Say in the record which one is meant, `channel: 0`, or `channel: 'mix'` for their mean.",
    })
  }
  if (wanted !== 'mix' && wanted >= channels) {
    throw new TwinferError(
      'TWINFER_AUDIO_UNSUPPORTED',
      `sound: expected a channel ${wanted}, counted from 0, received ${channels} channels`,
    )
  }
  return Float32Array.from({ length: samples.length / channels }, (_, i) => {
    const frame = samples.subarray(i * channels, (i + 1) * channels)
    return wanted === 'mix' ? frame.reduce((sum, sample) => sum + sample, 0) / channels : frame[wanted]!
  })
}

function nativeRule(audio: ResolvedAudio): NativeLogMelRule {
  const { frames, log, energy } = audio
  const reference = log?.reference ?? 1
  return {
    sampleRate: audio.sampleRate,
    scale: audio.sampleScale,
    frameLength: audio.frameLength,
    hopLength: audio.hopLength,
    fftLength: audio.fftLength,
    edges: audio.edges,
    window: audio.window,
    isPeriodic: audio.windowPeriod === 'periodic',
    isCentredInFft: audio.windowPlace === 'centre',
    preemphasis: audio.preemphasis,
    preemphasisesFrames: audio.preemphasisOf === 'frame',
    removesDcOffset: audio.removeDcOffset,
    firstFrame: frames?.first ?? 0,
    frameCount: frames?.count ?? 0,
    isPower: audio.power === 2,
    melCount: audio.nMels,
    lowest: audio.fMin,
    highest: audio.fMax,
    melScale: audio.melScale,
    melShape: audio.melFilters,
    isAreaOne: audio.melNorm === 'slaney',
    log: log?.kind ?? 'none',
    logFloor: log?.floor ?? 0,
    addsFloor: log?.floorBy === 'sum',
    range: log?.range ?? Number.POSITIVE_INFINITY,
    reference: reference === 'max' ? 1 : reference,
    isGreatestReference: reference === 'max',
    hasEnergy: energy !== null,
    isEnergyFirst: energy?.place === 'first',
    isEnergyRaw: energy?.raw ?? false,
    energyFloor: energy?.floor ?? 0,
    subtractsMean: audio.subtractMean,
    mean: Float64Array.from(audio.mean),
    std: Float64Array.from(audio.std),
    isTransposed: audio.layout === 'mels-frames',
  }
}

function wrong(name: string, expected: string, received: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `preprocessAudio: ${name}: expected ${expected}, received ${describeValue(received)}`,
  )
}
