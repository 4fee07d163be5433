import type { PadRule } from '../../Preprocessing.js'
import { type FieldReader, type Fields, type Import, importError, type PartialRecord } from './Import.js'

/**
 * The `data_preprocessor` of MMSegmentation, MMDetection and MMPreTrain, alone or inside a whole configuration, as JSON
 * or YAML. `mean` and `std` are for values from 0 to 255; mmcv opens pictures as BGR, which `bgr_to_rgb` (`to_rgb`)
 * turns. What is not in it is in the test pipeline, of which a resize is read where it is there.
 *
 * It pads what is normalised already, so that its pad value 0 is the mean, not black
 * (mmengine `ImgDataPreprocessor.forward`, mmseg `SegDataPreProcessor.forward`).
 */
export function importOpenMmlab(whole: FieldReader): Import {
  const config = whole.inside('data_preprocessor') ?? whole
  const [mean, std] = [config.numbers('mean'), config.numbers('std')]
  // `rgb_to_bgr` is for a pipeline that opens pictures as RGB.
  const isTurned = config.truth('rgb_to_bgr') ? false : (config.truth('bgr_to_rgb') ?? config.truth('to_rgb'))
  const notes: string[] = []
  return {
    kind: 'openmmlab',
    from: whole.file,
    record: {
      order: isTurned === undefined ? undefined : isTurned ? 'RGB' : 'BGR',
      scale: 1,
      mean,
      std,
      ...geometryOf(whole, config, notes),
    },
    ...(/Seg/.test(config.text('type') ?? '') && { meaning: 'mask' }),
    ...(/^(mmpretrain\.|mmcls\.)?Cls/.test(config.text('type') ?? '') && { meaning: 'logits' }),
    ...(/Det/.test(config.text('type') ?? '') && { meaning: 'boxes' }),
    notes,
  }
}

type Geometry = Pick<PartialRecord, 'size' | 'fit' | 'pad' | 'resampler' | 'interpolation'>

/** mmcv resizes with OpenCV, linear unless the pipeline says otherwise. */
function geometryOf(whole: FieldReader, config: FieldReader, notes: string[]): Geometry {
  const resize = resizeIn(whole)
  const pad = padOf(config)
  if (resize === undefined) {
    notes.push('The size, and how pictures come to it, are in the test pipeline, which is not in this file.')
    return { pad, resampler: 'opencv' }
  }
  const [width, height] = resize.counts('scale', 2) ?? []
  const interpolation = resize.text('interpolation') ?? 'bilinear'
  if (
    interpolation !== 'bilinear' &&
    interpolation !== 'bicubic' &&
    interpolation !== 'nearest' &&
    interpolation !== 'area'
  ) {
    throw resize.expected('nearest, bilinear, bicubic or area', 'interpolation')
  }
  return {
    resampler: 'opencv',
    interpolation,
    pad,
    size: width === undefined || height === undefined ? undefined : { width, height },
    fit: resize.truth('keep_ratio') ? 'letterbox' : 'stretch',
  }
}

/** On the right and below, in units of pixels, as a record has it. */
function padOf(config: FieldReader): PadRule | undefined {
  const value = config.number('pad_value') ?? config.number('pad_val')
  const [mean, std] = [config.numbers('mean'), config.numbers('std')]
  if (value === undefined || mean === undefined || std === undefined) return undefined
  const at = (values: number | readonly number[], i: number) =>
    typeof values === 'number' ? values : values[i]!
  const channels = Math.max(...[mean, std].map((values) => (typeof values === 'number' ? 1 : values.length)))
  const pixels = Array.from({ length: channels }, (_, i) => value * at(std, i) + at(mean, i))
  return { value: channels === 1 ? pixels[0]! : pixels, position: 'top-left' }
}

function resizeIn(whole: FieldReader): FieldReader | undefined {
  const { test_pipeline: pipeline } = whole.fields
  if (pipeline === undefined) return undefined
  if (!Array.isArray(pipeline)) throw whole.expected('a list', 'test_pipeline')
  const index = pipeline.findIndex((step) =>
    /^(mmdet\.|mmseg\.)?Resize$/.test(String((step as Fields | null)?.type)),
  )
  if (index < 0) return undefined
  const step = whole.item('test_pipeline', index)
  if (step.has('scale_factor'))
    throw importError(
      whole.file,
      'test_pipeline: expected a Resize with a scale, received one with a scale_factor',
    )
  return step
}
