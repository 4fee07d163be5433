import type { ModelDigest } from '../../file/FileOrBytes.js'
import type { AudioPreprocessing } from '../audio/AudioPreprocessing.js'
import type { Preprocessing } from '../Preprocessing.js'

/**
 * What travels with a model, as `MODEL.twinfer.json` beside it: how pixels or sound become its inputs, and what its
 * outputs mean. assets/sidecar/sidecar.schema.json says the same as JSON Schema, docs/preprocessing.md explains every field.
 */
export interface Sidecar {
  readonly $schema?: string | undefined
  readonly format: 'twinfer-sidecar'
  /** MAJOR.MINOR. A reader refuses a later one, because each field changes what the model is fed. */
  readonly version: string
  readonly model: SidecarModel
  /** By the model's own names; an input that is made of neither a picture nor sound has no entry. */
  readonly inputs: Readonly<Record<string, SidecarInput>>
  /** By the model's own names; what has no entry is handed out as it is. */
  readonly outputs: Readonly<Record<string, SidecarOutput>>
  readonly source: SidecarSource
}

/** The files that a record was made for, with the digest that golden packs have. */
export interface SidecarModel extends ModelDigest {
  /** Of the file, without its folder. */
  readonly name: string
}

/** Of a picture, or of sound. */
export type SidecarInput =
  | { readonly image: Preprocessing; readonly audio?: undefined }
  | { readonly audio: AudioPreprocessing; readonly image?: undefined }

export interface SidecarOutput {
  readonly meaning: OutputMeaning
  /** By class: names, or a file beside the sidecar that holds them. */
  readonly labels?: readonly string[] | string | undefined
  /** Of a mask with one score a pixel: what lies above it is class 1. */
  readonly threshold?: number | undefined
}

/**
 * - `logits`, `probabilities`: scores of classes, before or after softmax;
 * - `mask`: a class for each pixel, as scores by class, as one score, or as class numbers;
 * - `embedding`: a vector;
 * - `boxes`, `raw`: handed out as they are.
 */
export type OutputMeaning = 'logits' | 'probabilities' | 'mask' | 'embedding' | 'boxes' | 'raw'

export const outputMeanings: readonly OutputMeaning[] = [
  'logits',
  'probabilities',
  'mask',
  'embedding',
  'boxes',
  'raw',
]

/** `options`: nothing but options. `recovered`: from tensors that were recorded. */
export type SourceKind =
  | 'timm'
  | 'hugging-face'
  | 'torchvision'
  | 'openmmlab'
  | 'ultralytics'
  | 'twinfer'
  | 'options'
  | 'recovered'

/** Where a record came from. */
export interface SidecarSource {
  readonly kind: SourceKind
  /** A file's name or a name of weights; null where there was neither. */
  readonly from: string | null
  /** Fields that options gave, as the source left them open or was overruled. */
  readonly given: readonly string[]
}

/** The version that this package writes. */
export const sidecarVersion = '1.0'
