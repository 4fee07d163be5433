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
}
