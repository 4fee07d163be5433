import type { Fit, Interpolation, PadRule } from '../../Preprocessing.js'
import { labelsOf } from '../readLabels.js'
import type { FieldReader, Import, PartialRecord } from './Import.js'

/** timm's names for Pillow's filters. `random`, and an empty name, leave it open. */
const filters: readonly Interpolation[] = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos']

/**
 * timm's `config.json`, or a `pretrained_cfg` by itself. timm opens pictures as RGB with Pillow and divides by 255,
 * whatever the configuration says; `mean` and `std` are for values from 0 to 1
 * (timm 1.0, `data/transforms_factory.py`, `transforms_imagenet_eval`).
 */
export function importTimm(whole: FieldReader): Import {
  const config = whole.inside('pretrained_cfg') ?? whole
  const size = config.counts('input_size', 3)
  const [channels, height, width] = size ?? []
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw config.expected('1 or 3 channels', 'input_size')
  }
  const notes: string[] = []
  if (config.has('test_input_size') || config.has('test_crop_pct')) {
    notes.push(
      'test_input_size and test_crop_pct are not used: they are for a model that was made in that size.',
    )
  }
  const interpolation = filters.find((name) => name === config.text('interpolation'))
  const labels = whole.fields.label_names
  return {
    kind: 'timm',
    from: whole.file,
    record: {
      size: width === undefined || height === undefined ? undefined : { width, height },
      order: channels === undefined ? undefined : channels === 1 ? 'GREY' : 'RGB',
      resampler: 'pillow',
      interpolation,
      scale: 1 / 255,
      mean: config.numbers('mean'),
      std: config.numbers('std'),
      ...geometryOf(config, notes),
    },
    meaning: 'logits',
    ...(Array.isArray(labels) && { labels: labelsOf(labels, whole.file) }),
    notes,
  }
}

/** `crop_mode` is left out where it is `center`, which `pretrained_cfg` documents as its default. */
function geometryOf(config: FieldReader, notes: string[]): Pick<PartialRecord, 'fit' | 'cropPct' | 'pad'> {
  const mode = config.text('crop_mode') ?? 'center'
  const cropPct = config.number('crop_pct')
  if (cropPct !== undefined && !(cropPct > 0 && cropPct <= 1)) {
    throw config.expected('a number above 0 and at most 1', 'crop_pct')
  }
  const fits: Readonly<Record<string, Fit>> = { center: 'cover', squash: 'stretch', border: 'letterbox' }
  const fit = Object.hasOwn(fits, mode) ? fits[mode] : undefined
  if (fit === undefined) throw config.expected('center, squash or border', 'crop_mode')
  if (fit === 'cover') return { fit, cropPct }
  if (cropPct === undefined || (fit === 'letterbox' && cropPct !== 1)) {
    notes.push(`crop_mode ${mode} with crop_pct ${cropPct ?? 'left open'} is no fit that a record has.`)
    return {}
  }
  if (fit === 'stretch') return { fit, cropPct }
  return { fit, pad: borderOf(config) }
}

/** timm fills with the mean, rounded to a pixel. */
function borderOf(config: FieldReader): PadRule | undefined {
  const mean = config.numbers('mean')
  if (mean === undefined) return undefined
  const pixel = (value: number) => Math.round(255 * value)
  return { value: typeof mean === 'number' ? pixel(mean) : mean.map(pixel), position: 'centre' }
}
