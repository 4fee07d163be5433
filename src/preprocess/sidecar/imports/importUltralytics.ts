import { labelsOf } from '../readLabels.js'
import type { OutputMeaning } from '../Sidecar.js'
import type { FieldReader, Import, PartialRecord } from './Import.js'

/**
 * The `metadata.yaml` that Ultralytics writes beside an export. Its predictor gives RGB from 0 to 1: letterboxed on
 * grey 114 with OpenCV's linear filter, but for classification, where Pillow resizes the short side and the centre is
 * cut out, or stretches where the input is not square (Ultralytics 8.4, `data/augment.py`: `LetterBox`,
 * `classify_transforms`). `imgsz` is height, then width.
 */
export function importUltralytics(config: FieldReader): Import {
  const task = config.text('task')
  const [height, width] = config.counts('imgsz', 2) ?? []
  const channels = config.count('channels') ?? 3
  if (channels !== 1 && channels !== 3) throw config.expected('1 or 3', 'channels')
  const names = config.fields.names
  const common: PartialRecord = {
    size: width === undefined || height === undefined ? undefined : { width, height },
    order: channels === 1 ? 'GREY' : 'RGB',
    scale: 1 / 255,
    mean: 0,
    std: 1,
  }
  const isClassifier = task === 'classify'
  return {
    kind: 'ultralytics',
    from: config.file,
    record: isClassifier
      ? {
          ...common,
          ...(width === height ? { fit: 'cover', cropPct: 1 } : { fit: 'stretch' }),
          resampler: 'pillow',
          interpolation: 'bilinear',
        }
      : {
          ...common,
          ...(task !== undefined && { fit: 'letterbox', pad: { value: 114, position: 'centre' } }),
          resampler: 'opencv',
          interpolation: 'bilinear',
        },
    meaning: meaningOf(task),
    ...(names !== undefined && names !== null && { labels: labelsOf(names, config.file) }),
    notes:
      task === undefined ? ['Without a task it is not known whether pictures are letterboxed or cut.'] : [],
  }
}

/** The softmax of a classifier is part of its export. */
const meanings: Readonly<Record<string, OutputMeaning>> = {
  classify: 'probabilities',
  semantic: 'mask',
  depth: 'raw',
}

function meaningOf(task: string | undefined): OutputMeaning | undefined {
  if (task === undefined) return undefined
  return Object.hasOwn(meanings, task) ? meanings[task] : 'boxes'
}
