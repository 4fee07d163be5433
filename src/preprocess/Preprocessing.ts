/** Width and height, always by name: a bare pair is how they get swapped. In pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** The order of the channels that the model wants. */
export type ChannelOrder = 'RGB' | 'BGR' | 'GREY'

/**
 * How a picture comes to the size of the input:
 *
 * - `stretch`: resized to it, whatever becomes of the aspect; with a cropPct to floor(size / cropPct), then the centre
 *   cut out (timm's squash);
 * - `cover`: the short side resized to floor(size / cropPct), then the centre cut out (timm, torchvision);
 * - `crop`: the largest centred part of the input's aspect, times cropPct, cut out first and resized after;
 * - `letterbox`: resized with its aspect so that all of it fits, the rest padded (YOLO);
 * - `pad`: not resized: padded on the right and below (or around, see `PadRule`), cut off where it is larger.
 */
export type Fit = 'stretch' | 'cover' | 'crop' | 'letterbox' | 'pad'

/**
 * Whose arithmetic resizes. Their filters differ: OpenCV's linear does not smooth when it shrinks, Pillow's does, and
 * ncnn's and MNN's are their own: the linked engines compute them. `mnn` is `ImageProcess` with the matrix of MNN's
 * demos, (source - 1) / (target - 1). `torchvision` is its tensor mode; its PIL mode is `pillow`.
 */
export type Resampler = 'pillow' | 'opencv' | 'torchvision' | 'ncnn' | 'mnn'

/** By the names of the libraries; which of them a resampler has is in `interpolationsOf`. */
export type Interpolation =
  | 'nearest'
  | 'nearest-exact'
  | 'box'
  | 'bilinear'
  | 'hamming'
  | 'bicubic'
  | 'lanczos'
  | 'area'

/**
 * What becomes of half a pixel where an odd number of them is left over on both sides of the centre: rounded to an even
 * offset (`even`: torchvision, timm), down (Hugging Face, Ultralytics) or up (TensorFlow's EfficientNet).
 */
export type Centring = 'even' | 'down' | 'up'

export interface PadRule {
  /** In pixel units (0 to 255), one for all channels or one each in the model's channel order. Default: 0. */
  readonly value?: number | readonly number[] | undefined
  /** Where the picture lies in what is padded. Default: 'centre' for letterbox, 'top-left' for pad. */
  readonly position?: 'centre' | 'top-left' | undefined
}

/**
 * How pixels become a model's input: plain data, kept with the model in its sidecar. What reaches the input is
 * `(pixel * scale - mean) / std`, channel by channel in the order of `order`.
 */
export interface Preprocessing {
  readonly size: ImageSize
  readonly order: ChannelOrder
  readonly fit: Fit
  /** Of `cover`, `crop` and `stretch`: the share of the side that is kept, above 0 and at most 1. Default: 1. */
  readonly cropPct?: number | undefined
  /** Default: 'even' for cover and stretch, 'down' for crop, letterbox and pad. */
  readonly centring?: Centring | undefined
  readonly resampler: Resampler
  readonly interpolation: Interpolation
  /** Whether torchvision smooths when it shrinks. Default: true; the other resamplers leave no choice. */
  readonly antialias?: boolean | undefined
  /**
   * Whether torchvision rounds what it resized to 8 bits, as it does with tensors of uint8; not where they were made
   * floats before (ToTensor, then Resize). Default: true; the other resamplers leave no choice.
   */
  readonly rounded?: boolean | undefined
  readonly pad?: PadRule | undefined
  /** Whether the orientation that a camera noted is applied first. Default: true. */
  readonly exif?: boolean | undefined
  /** Default: 1, which leaves 0 to 255. */
  readonly scale?: number | undefined
  /** One for all channels or one each, after `scale`. Default: 0. */
  readonly mean?: number | readonly number[] | undefined
  /** As mean. Default: 1. */
  readonly std?: number | readonly number[] | undefined
  /** Default: 'NCHW'. */
  readonly layout?: 'NCHW' | 'NHWC' | undefined
  /** Default: 'float32'. 'uint8' for models that normalise themselves: then there is no scale, mean or std. */
  readonly dtype?: 'float32' | 'uint8' | undefined
}

/** Decoded pixels: what sharp's `raw()` gives, or any buffer. */
export interface Pixels extends ImageSize {
  readonly data: Uint8Array | Uint8ClampedArray
  /** 1: grey, 2: grey and alpha, 3: colour, 4: colour and alpha. Alpha is dropped. */
  readonly channels: 1 | 2 | 3 | 4
  /** Bytes from a row to the next. Default: width * channels. */
  readonly stride?: number | undefined
  /** The order that the channels of colour pixels have. Default: 'RGB'. */
  readonly order?: 'RGB' | 'BGR' | undefined
  /** EXIF's orientation, 1 to 8. Default: 1. */
  readonly orientation?: number | undefined
}
