/** Where pixels lie in an array: interleaved, `stride` elements from a row to the next. */
export interface NativeImage {
  readonly width: number
  readonly height: number
  /** 1 to 4. */
  readonly channels: number
  readonly stride: number
  /** Elements before the first pixel. */
  readonly offset: number
}

/** What an image becomes, and the part of that which is computed. */
export interface NativeTarget {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  readonly wantedWidth: number
  readonly wantedHeight: number
}

/** The input, and where on it the pixels come to lie. */
export interface NativeCanvas {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  /** NHWC rather than NCHW. */
  readonly isInterleaved: boolean
}

/** (pixel * scale - mean) / std of the pixels' channel `source`; `pad` is such a pixel. */
export interface NativeChannel {
  readonly source: number
  readonly scale: number
  readonly mean: number
  readonly std: number
  readonly pad: number
}

/** How samples become a log-mel spectrogram: cpp/preprocess/audio/log_mel.h. Lengths are in samples. */
export interface NativeLogMelRule {
  readonly sampleRate: number
  readonly scale: number
  readonly frameLength: number
  readonly hopLength: number
  /** Not below the frame's. */
  readonly fftLength: number
  readonly edges: 'snip' | 'mirror' | 'reflect' | 'constant'
  readonly window: 'hann' | 'hamming' | 'povey' | 'blackman' | 'rectangular'
  readonly isPeriodic: boolean
  readonly isCentredInFft: boolean
  readonly preemphasis: number
  readonly preemphasisesFrames: boolean
  readonly removesDcOffset: boolean
  readonly firstFrame: number
  /** 0 for all from the first on. */
  readonly frameCount: number
  readonly isPower: boolean
  readonly melCount: number
  readonly lowest: number
  readonly highest: number
  readonly melScale: 'htk' | 'slaney'
  readonly melShape: 'hz' | 'mel' | 'symmetric'
  readonly isAreaOne: boolean
  readonly log: 'none' | 'natural' | 'log10' | 'decibel'
  readonly logFloor: number
  readonly addsFloor: boolean
  readonly range: number
  readonly reference: number
  readonly isGreatestReference: boolean
  readonly hasEnergy: boolean
  readonly isEnergyFirst: boolean
  readonly isEnergyRaw: boolean
  readonly energyFloor: number
  readonly subtractsMean: boolean
  /** One, or one for each column: a mel, or the energy. */
  readonly mean: Float64Array
  readonly std: Float64Array
  readonly isTransposed: boolean
}

/** Values are a frame after the other, but for features that are transposed. */
export interface NativeFeatures {
  readonly frames: number
  readonly columns: number
  readonly values: Float32Array
}

/** cpp/preprocess; what it gives has no gaps between rows. */
export interface NativePreprocess {
  /** Upright, from EXIF's orientation: from 5 on, width and height change places. */
  orient(pixels: Uint8Array | Uint8ClampedArray, image: NativeImage, orientation: number): Uint8Array
  /** One channel: of colours by the resampler's weights, of grey and alpha the first. */
  grey(
    pixels: Uint8Array | Uint8ClampedArray,
    image: NativeImage,
    isBgr: boolean,
    resampler: string,
  ): Uint8Array
  /** The wanted part; floats only of 'torchvision' without `rounded`. ncnn and MNN take 1, 3 or 4 channels. */
  resize(
    pixels: Uint8Array | Uint8ClampedArray,
    image: NativeImage,
    target: NativeTarget,
    resampler: string,
    interpolation: string,
    smooths: boolean,
    rounded: boolean,
  ): Uint8Array | Float32Array
  arrange(
    pixels: Uint8Array | Uint8ClampedArray | Float32Array,
    image: NativeImage,
    canvas: NativeCanvas,
    channels: readonly NativeChannel[],
    dtype: 'float32' | 'uint8',
  ): Float32Array | Uint8Array
  /** Samples from -1 to 1, interleaved. Throws TWINFER_AUDIO_INVALID or TWINFER_AUDIO_UNSUPPORTED. */
  readWav(bytes: Uint8Array): {
    readonly samples: Float32Array
    readonly sampleRate: number
    readonly channels: number
  }
  /** Throws TWINFER_LENGTH_MISMATCH, TWINFER_INVALID_ARGUMENT or TWINFER_LIMIT_EXCEEDED. */
  logMel(
    samples: Float32Array,
    rule: NativeLogMelRule,
    stage: 'spectrum' | 'mel' | 'log' | 'features',
  ): NativeFeatures
}
