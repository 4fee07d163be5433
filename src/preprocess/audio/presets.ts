import type { AudioPreprocessing, AudioPreset } from './AudioPreprocessing.js'

/** Every field but what no library decides. */
export type AudioDefaults = {
  readonly [K in Exclude<keyof AudioPreprocessing, 'preset' | 'sampleRate' | 'channel'>]-?: Exclude<
    AudioPreprocessing[K],
    undefined
  >
}

const plain = {
  sampleScale: 1,
  sampleCount: null,
  dither: 0,
  preemphasis: 0,
  preemphasisOf: 'signal',
  removeDcOffset: false,
  window: 'hann',
  windowPeriod: 'periodic',
  windowPlace: 'centre',
  frames: null,
  power: 2,
  fMin: 0,
  melScale: 'htk',
  melNorm: null,
  melFilters: 'hz',
  log: null,
  energy: null,
  subtractMean: false,
  mean: 0,
  std: 1,
  layout: 'mels-frames',
} as const satisfies Partial<AudioDefaults>

/** Float32's epsilon, below which Kaldi takes no logarithm. */
const epsilon = 2 ** -23

/**
 * What each library does where it is told nothing but the sample rate and the given fields; some of its defaults follow
 * from others. Kaldi's dither, which is on by default there, is off.
 */
const presets: Readonly<
  Record<AudioPreset, (sampleRate: number, given: AudioPreprocessing) => AudioDefaults>
> = {
  // Kaldi: feat/feature-window.h, feature-fbank.h, mel-computations.h; torchaudio: compliance/kaldi.py
  kaldi(sampleRate, given) {
    const frameLength = given.frameLength ?? Math.floor(sampleRate * 0.025)
    return {
      ...plain,
      sampleScale: 32768,
      preemphasis: 0.97,
      preemphasisOf: 'frame',
      removeDcOffset: true,
      frameLength,
      hopLength: Math.floor(sampleRate * 0.01),
      fftLength: 2 ** Math.ceil(Math.log2(Math.max(2, frameLength))),
      edges: 'snip',
      window: 'povey',
      windowPeriod: 'symmetric',
      windowPlace: 'start',
      nMels: 23,
      fMin: 20,
      fMax: sampleRate / 2,
      melFilters: 'mel',
      log: { kind: 'natural', floor: epsilon, floorBy: 'maximum' },
      layout: 'frames-mels',
    }
  },
  // librosa: feature/spectral.py (melspectrogram), core/spectrum.py (stft, power_to_db), filters.py (mel)
  librosa(sampleRate, given) {
    const fftLength = given.fftLength ?? 2048
    return {
      ...plain,
      frameLength: fftLength,
      hopLength: 512,
      fftLength,
      edges: 'constant',
      nMels: 128,
      fMax: sampleRate / 2,
      melScale: 'slaney',
      melNorm: 'slaney',
      log: { kind: 'decibel', floor: 1e-10, floorBy: 'maximum', range: 80 },
    }
  },
  // torchaudio: transforms/_transforms.py (MelSpectrogram), functional.py (melscale_fbanks); it takes no logarithm
  torchaudio(sampleRate, given) {
    const fftLength = given.fftLength ?? 400
    const frameLength = given.frameLength ?? fftLength
    return {
      ...plain,
      frameLength,
      hopLength: Math.floor(frameLength / 2),
      fftLength,
      edges: 'reflect',
      nMels: 128,
      fMax: Math.floor(sampleRate / 2),
    }
  },
  // Whisper: whisper/audio.py (pad_or_trim, log_mel_spectrogram): the last frame is dropped, values come near -1 to 1
  whisper(sampleRate) {
    return {
      ...plain,
      sampleCount: 30 * sampleRate,
      frameLength: 400,
      hopLength: 160,
      fftLength: 400,
      edges: 'reflect',
      frames: { first: 0, count: Math.floor((30 * sampleRate) / 160) },
      nMels: 80,
      fMax: sampleRate / 2,
      melScale: 'slaney',
      melNorm: 'slaney',
      log: { kind: 'log10', floor: 1e-10, floorBy: 'maximum', range: 8 },
      mean: -4,
      std: 4,
    }
  },
  // SpeechBrain: lobes/features.py (Fbank), processing/features.py (STFT, Filterbank, InputNormalization), with the 80
  // mels and the sentence norm of its ECAPA-TDNN
  'speechbrain-ecapa'(sampleRate) {
    return {
      ...plain,
      frameLength: Math.round(sampleRate * 0.025),
      hopLength: Math.round(sampleRate * 0.01),
      fftLength: 400,
      edges: 'constant',
      window: 'hamming',
      nMels: 80,
      fMax: sampleRate / 2,
      melFilters: 'symmetric',
      log: { kind: 'decibel', floor: 1e-10, floorBy: 'maximum', range: 80 },
      subtractMean: true,
      layout: 'frames-mels',
    }
  },
}

/** The names of all presets. */
export const audioPresets = Object.keys(presets) as readonly AudioPreset[]

export function presetOf(given: AudioPreprocessing): AudioDefaults {
  return presets[given.preset](given.sampleRate, given)
}
