import type { ImageSize, Interpolation } from '../../Preprocessing.js'
import { cropShare, type FieldReader, type Import, type PartialRecord } from './Import.js'

/** Pillow's numbers for its filters. */
const filters: readonly Interpolation[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']

type Geometry = Pick<PartialRecord, 'size' | 'fit' | 'cropPct' | 'centring'>

/**
 * Hugging Face's `preprocessor_config.json`. Its image processors take RGB pictures. A field that is not there was left
 * to the processor's class, of which there are hundreds with defaults of their own: it stays open. Sources: transformers
 * 5.24, `image_processing_backends.py`, `models/convnext/image_processing_pil_convnext.py`.
 */
export function importHuggingFace(config: FieldReader): Import {
  const type = config.text('image_processor_type') ?? config.text('feature_extractor_type')
  const notes: string[] = []
  return {
    kind: 'hugging-face',
    from: config.file,
    record: {
      ...geometryOf(config, type ?? '', notes),
      order: config.truth('do_flip_channel_order') ? 'BGR' : 'RGB',
      ...resamplingOf(config, type, notes),
      ...rangeOf(config),
    },
    notes,
  }
}

/**
 * Names that end in Fast resize with torchvision, those in Pil and the old feature extractors with Pillow. Any other
 * name was Pillow's up to transformers 4, and is torchvision's from 5 on.
 */
function resamplingOf(
  config: FieldReader,
  type: string | undefined,
  notes: string[],
): Pick<PartialRecord, 'resampler' | 'interpolation' | 'antialias'> {
  const number = config.number('resample')
  const interpolation = number === undefined ? undefined : filters[number]
  if (number !== undefined && interpolation === undefined) {
    throw config.expected('a number from 0 to 5', 'resample')
  }
  if (type?.endsWith('Fast')) return { interpolation, resampler: 'torchvision', antialias: true }
  if (type !== undefined && /(Pil|FeatureExtractor)$/.test(type))
    return { interpolation, resampler: 'pillow' }
  notes.push(
    'Whether Pillow or torchvision resized depends on the version of transformers: Pillow up to 4, torchvision from 5 on.',
  )
  return { interpolation }
}

/**
 * EfficientNet's processor, and those of videos, take 1 from what was scaled (`rescale_offset`, `offset`); EfficientNet's
 * divides by std once more for the head that it was trained with (`include_top`).
 */
function rangeOf(config: FieldReader): Pick<PartialRecord, 'scale' | 'mean' | 'std'> {
  const isScaled = config.truth('do_rescale') !== false
  const scale = isScaled ? config.number('rescale_factor') : 1
  const isOffset = config.truth('rescale_offset') === true || config.truth('offset') === true
  const isTwice = config.truth('include_top') === true
  const isNormalised = config.truth('do_normalize') !== false
  const given = config.numbers('image_std')
  const [mean, std] = isNormalised ? [config.numbers('image_mean'), given] : [0, 1]
  return {
    scale,
    mean: isScaled && isOffset ? eachOf(mean, (value) => value + 1) : mean,
    std: !isTwice ? std : isNormalised ? eachOf(given, (value) => value ** 2) : given,
  }
}

type Numbers = number | readonly number[] | undefined

function eachOf(numbers: Numbers, change: (value: number) => number): Numbers {
  return typeof numbers === 'object'
    ? numbers.map((value) => change(value))
    : numbers === undefined
      ? undefined
      : change(numbers)
}

function geometryOf(config: FieldReader, type: string, notes: string[]): Geometry {
  if (config.truth('do_resize') === false) return notResized(config, notes)
  const size = sizeIn(config, 'size')
  const crop = config.truth('do_center_crop') === true ? sizeIn(config, 'crop_size') : undefined
  if (size === undefined) return {}
  // ConvNeXt's own rule: below 384 pixels the side is enlarged by crop_pct and cut out, from there on stretched.
  const cropPct = config.number('crop_pct')
  if (type.startsWith('ConvNext') && size.shortest !== undefined && cropPct !== undefined) {
    const side = { width: size.shortest, height: size.shortest }
    return size.shortest < 384
      ? { size: side, fit: 'cover', cropPct, centring: 'down' }
      : { size: side, fit: 'stretch' }
  }
  if (size.width !== undefined && size.height !== undefined) {
    const whole = { width: size.width, height: size.height }
    if (crop === undefined || (crop.width === whole.width && crop.height === whole.height)) {
      return { size: whole, fit: 'stretch' }
    }
    return stretched(whole, crop, notes)
  }
  return shortestEdge(size.shortest, crop, notes)
}

function notResized(config: FieldReader, notes: string[]): Geometry {
  notes.push('Pictures are not resized (do_resize), so that they must have the size of the input.')
  return { ...cropped(config.truth('do_center_crop') === true ? sizeIn(config, 'crop_size') : undefined) }
}

/** To the whole size, of which the centre is cut out. */
function stretched(whole: ImageSize, crop: HeldSize, notes: string[]): Geometry {
  const { width, height } = crop
  if (width !== undefined && height !== undefined && width <= whole.width && height <= whole.height) {
    const cropPct = cropShare(width, whole.width)
    if (Math.floor(height / cropPct) === whole.height) {
      return { size: { width, height }, fit: 'stretch', cropPct, centring: 'down' }
    }
  }
  notes.push(
    'The picture is stretched to size and then cut to a crop_size of another shape, which is no fit that a record has.',
  )
  return cropped(crop)
}

function shortestEdge(shortest: number | undefined, crop: HeldSize | undefined, notes: string[]): Geometry {
  const side = crop?.width
  if (shortest === undefined || side === undefined) {
    notes.push('The size that pictures come to depends on the picture, or on the class of the processor.')
    return cropped(crop)
  }
  if (side !== crop?.height || side > shortest) {
    notes.push('The short side is resized, and another part cut out than the largest of that shape.')
    return cropped(crop)
  }
  return {
    size: { width: side, height: side },
    fit: 'cover',
    cropPct: cropShare(side, shortest),
    centring: 'down',
  }
}

function cropped(crop: HeldSize | undefined): Geometry {
  const { width, height } = crop ?? {}
  return width === undefined || height === undefined ? {} : { size: { width, height } }
}

interface HeldSize {
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly shortest?: number | undefined
}

/**
 * `{ height, width }` or `{ shortest_edge }`. One number means the short side to some processors and both sides to
 * others: for what is cut out it is both, for what is resized it stays open.
 */
function sizeIn(config: FieldReader, name: 'size' | 'crop_size'): HeldSize | undefined {
  if (typeof config.fields[name] === 'number') {
    const side = config.count(name)
    return name === 'crop_size' ? { width: side, height: side } : {}
  }
  const size = config.inside(name)
  if (size === undefined) return undefined
  const [width, height] = [size.count('width'), size.count('height')]
  // With a longest edge beside it, the shortest is only a limit.
  const shortest = size.has('longest_edge') ? undefined : size.count('shortest_edge')
  return { width, height, shortest }
}
