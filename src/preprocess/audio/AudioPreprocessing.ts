/**
 * Whose defaults fill in the fields that a record leaves out: Kaldi's `compute-fbank-feats` (and torchaudio's
 * `compliance.kaldi.fbank`), librosa's `feature.melspectrogram` with `power_to_db`, torchaudio's `MelSpectrogram`,
 * Whisper's `log_mel_spectrogram` of 30 seconds, SpeechBrain's `Fbank` with sentence means as its ECAPA-TDNN takes it.
 */
export type AudioPreset = 'kaldi' | 'librosa' | 'torchaudio' | 'whisper' | 'speechbrain-ecapa'

/**
 * What frames see beyond the signal:
 *
 * - `snip`: nothing, as only whole frames are taken (Kaldi's snip_edges, librosa's center=False);
 * - `mirror`: the signal mirrored with its outermost sample twice (Kaldi without snip_edges);
 * - `reflect`, `constant`: frames centred at the hops, the signal mirrored with that sample once, or zeros (librosa,
 *   torch).
 */
export type AudioEdges = 'snip' | 'mirror' | 'reflect' | 'constant'

export type AudioWindow = 'hann' | 'hamming' | 'povey' | 'blackman' | 'rectangular'

/** How a logarithm is taken; it replaces the preset's whole. */
export interface LogRule {
  /** decibel: 10 log10 of powers, 20 log10 of magnitudes. */
  readonly kind: 'natural' | 'log10' | 'decibel'
  /** Above 0. */
  readonly floor: number
  /** `maximum`: log(max(x, floor)), `sum`: log(x + floor). */
  readonly floorBy: 'maximum' | 'sum'
  /** Values further below the greatest one of the utterance are raised to it, in units of the logarithm. Default: none. */
  readonly range?: number | undefined
  /** What becomes 0: a value, or the greatest one of the utterance. Default: 1. */
  readonly reference?: number | 'max' | undefined
}

/** A column of the natural logarithm of each frame's energy, as Kaldi has it. */
export interface EnergyRule {
  readonly place: 'first' | 'last'
  /** Before the preemphasis and the window, rather than after them. */
  readonly raw: boolean
  /** At least this energy; 0 for none but the epsilon of float32. */
  readonly floor: number
}

/** Frames that are kept, for inputs of a fixed size; what is of the utterance (means, ranges) is of these. */
export interface FrameRange {
  readonly first: number
  readonly count: number
}

/**
 * How sound becomes a model's input, a log-mel spectrogram: plain data, kept with the model in its sidecar. `preset` and
 * `sampleRate` have to be given; each other field has the preset's value by default, as the library derives it from the
 * fields that are given (Kaldi's `fftLength` is the power of two that holds `frameLength`).
 */
export interface AudioPreprocessing {
  readonly preset: AudioPreset
  /** In Hz. Sound of another rate is refused, not resampled. */
  readonly sampleRate: number
  /** Of sound with several: one of them from 0 on, or their mean. Default: none, such sound is refused. */
  readonly channel?: number | 'mix' | undefined
  /** What samples from -1 to 1 are multiplied with: 32768 for Kaldi's 16 bits. */
  readonly sampleScale?: number | undefined
  /** Samples to which the sound is cut, or padded with zeros behind; null for all there are. */
  readonly sampleCount?: number | null | undefined
  /** Only 0: noise would make other features each time. */
  readonly dither?: 0 | undefined
  /** x[i] - preemphasis * x[i - 1]; 0 for none. */
  readonly preemphasis?: number | undefined
  /** The signal before it is cut into frames, its first sample kept; or each frame by itself, as Kaldi does. */
  readonly preemphasisOf?: 'signal' | 'frame' | undefined
  /** Whether each frame's mean is taken from it. */
  readonly removeDcOffset?: boolean | undefined
  /** In samples, and so is the window. */
  readonly frameLength?: number | undefined
  /** In samples. */
  readonly hopLength?: number | undefined
  /** In samples, even; a shorter frame is padded with zeros. */
  readonly fftLength?: number | undefined
  readonly edges?: AudioEdges | undefined
  readonly window?: AudioWindow | undefined
  /** Whether the window's period is its length (`periodic`), or one less. */
  readonly windowPeriod?: 'periodic' | 'symmetric' | undefined
  /** Where a window lies that is shorter than the FFT: its frame is as long as the FFT (`centre`), or as the window. */
  readonly windowPlace?: 'centre' | 'start' | undefined
  readonly frames?: FrameRange | null | undefined
  /** Magnitudes, or their squares. */
  readonly power?: 1 | 2 | undefined
  readonly nMels?: number | undefined
  /** In Hz. */
  readonly fMin?: number | undefined
  /** In Hz, at most half the sample rate. */
  readonly fMax?: number | undefined
  readonly melScale?: 'htk' | 'slaney' | undefined
  /** `slaney`: each filter's area in Hz is 1. */
  readonly melNorm?: 'slaney' | null | undefined
  /** In what a filter's sides are straight lines: Hz, mel (Kaldi), or Hz with both sides alike (SpeechBrain). */
  readonly melFilters?: 'hz' | 'mel' | 'symmetric' | undefined
  readonly log?: LogRule | null | undefined
  readonly energy?: EnergyRule | null | undefined
  /** Whether each column's mean over the utterance is taken from it. */
  readonly subtractMean?: boolean | undefined
  /** After all that: (value - mean) / std, one number or one a column. */
  readonly mean?: number | readonly number[] | undefined
  readonly std?: number | readonly number[] | undefined
  /** Shape [1, frames, mels] or [1, mels, frames]. */
  readonly layout?: 'frames-mels' | 'mels-frames' | undefined
}

/** Decoded sound. */
export interface Sound {
  /** From -1 to 1; of several channels interleaved. */
  readonly samples: Float32Array
  /** In Hz. */
  readonly sampleRate: number
  /** Default: 1. */
  readonly channels?: number | undefined
}
