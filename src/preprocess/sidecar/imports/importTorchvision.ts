import { readFileSync } from 'node:fs'
import { TwinferError } from '../../../errors/TwinferError.js'
import { suggest } from '../../../errors/words.js'
import type { Interpolation } from '../../Preprocessing.js'
import { cropShare, type Import, type PartialRecord } from './Import.js'

interface Preset {
  readonly task: 'classification' | 'segmentation' | 'detection'
  readonly crop?: number
  /** Of the short side. */
  readonly resize?: number
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  readonly interpolation?: Interpolation
}

/**
 * What `weights.transforms()` of torchvision does to a picture that Pillow opened, by the weights' name, such as
 * `ResNet50_Weights.IMAGENET1K_V2`. A model's name alone does not say it: weights of one model differ.
 *
 * Throws TWINFER_INVALID_OPTION for a name that torchvision does not have.
 */
export function importTorchvision(name: string): Import {
  const { weights, version } = presets()
  const wanted = name.replace(/^torchvision\.models\.(\w+\.)*/, '')
  const preset = Object.hasOwn(weights, wanted) ? weights[wanted] : undefined
  if (preset === undefined) throw unknownWeights(wanted, Object.keys(weights), version)
  return {
    kind: 'torchvision',
    from: wanted,
    record: { order: 'RGB', scale: 1 / 255, ...recordOf(preset) },
    ...(preset.task === 'classification' && { meaning: 'logits' }),
    ...(preset.task === 'segmentation' && { meaning: 'mask' }),
    notes: notesOf(preset),
  }
}

function recordOf({ task, crop, resize, mean, std, interpolation }: Preset): PartialRecord {
  // Of detection, resizing and normalising are layers of the model itself.
  if (task === 'detection') return { mean: 0, std: 1 }
  const common = { resampler: 'pillow', interpolation, mean, std } as const
  if (crop === undefined || resize === undefined) return common
  return { ...common, size: { width: crop, height: crop }, fit: 'cover', cropPct: cropShare(crop, resize) }
}

function notesOf({ task, resize }: Preset): readonly string[] {
  if (task === 'segmentation')
    return [`The short side is resized to ${resize}, and nothing cut out: sizes differ by picture.`]
  if (task === 'detection')
    return ['torchvision resizes and normalises inside the model, whether or not the converted one does.']
  return []
}

let loaded: { readonly version: string; readonly weights: Readonly<Record<string, Preset>> } | undefined

/** What scripts/torchvision-presets.py read from torchvision's sources. */
function presets() {
  const file = new URL('../../../../assets/sidecar/torchvision.json', import.meta.url)
  loaded ??= JSON.parse(readFileSync(file, 'utf8')) as NonNullable<typeof loaded>
  return loaded
}

function unknownWeights(name: string, known: readonly string[], version: string): TwinferError {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  // A model's name, of which each of its weights may want something else.
  const own = known.filter(
    (other) => plain(other.split('_Weights.')[0]!) === plain(name.split(/_Weights|\./)[0]!),
  )
  return new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected the name of weights of torchvision ${version}, received '${name}'`,
    {
      help:
        own.length > 0
          ? `Which ones: ${own.join(', ')}?`
          : suggest(name, known) || 'Such as torchvision:ResNet50_Weights.IMAGENET1K_V2.',
    },
  )
}
