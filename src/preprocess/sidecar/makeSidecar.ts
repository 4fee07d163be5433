import { basename } from 'node:path'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import type { AudioPreprocessing } from '../audio/AudioPreprocessing.js'
import { audioPresets } from '../audio/presets.js'
import { resolveAudio } from '../audio/resolveAudio.js'
import { resolvePreprocessing } from '../resolvePreprocessing.js'
import { completeRecord } from './completeRecord.js'
import { audioInput, imageInput, imageShapeOf, inputContradiction, type ModelTensor } from './imageInputs.js'
import type { Import, PartialRecord } from './imports/Import.js'
import {
  type OutputMeaning,
  type Sidecar,
  type SidecarInput,
  type SidecarOutput,
  type SourceKind,
  sidecarVersion,
} from './Sidecar.js'

/** The model that a sidecar is for. */
export interface DescribedModel {
  /** The file's name, of which a folder is left out. */
  readonly name: string
  readonly digest: ModelDigest
  readonly inputs: readonly ModelTensor[]
  readonly outputs: readonly ModelTensor[]
}

export interface SidecarFields {
  /** What another tool says. */
  readonly imported?: Import | undefined
  /** Beside it, or in place of it. */
  readonly given: PartialRecord
  /** The same of an input that is made of sound: then `given` is empty. */
  readonly audio?: Partial<AudioPreprocessing> | undefined
  /** Default: the only input that can be a picture's, or sound's. */
  readonly input?: string | undefined
  /** Default: the first one. */
  readonly output?: string | undefined
  /** Default: what the source says, else `raw`. */
  readonly meaning?: OutputMeaning | undefined
  readonly labels?: readonly string[] | undefined
  readonly threshold?: number | undefined
  /** Default: the source's, or `options`. */
  readonly kind?: SourceKind | undefined
}

/**
 * The sidecar of a model. The size and the layout are those of the model's input where the source leaves them open and
 * the model does not; nothing else is ever filled in.
 *
 * A record of sound is kept as it is given: its preset says what the fields are that it leaves out.
 *
 * Throws TWINFER_SIDECAR_INCOMPLETE for what is still open, TWINFER_SHAPE_MISMATCH where the record contradicts the
 * model's input, TWINFER_UNKNOWN_INPUT, TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_OUTPUT, or TWINFER_INVALID_OPTION.
 */
export const makeSidecar = answering(
  'makeSidecar',
  function makeSidecar(model: DescribedModel, fields: SidecarFields): Sidecar {
    const { imported, audio = imported?.audio } = fields
    const { input, record, given } = audio ? ofSound(model, fields) : ofPicture(model, fields)
    requireAgreement(input, record, sourceOf(fields))
    return {
      format: 'twinfer-sidecar',
      version: sidecarVersion,
      model: { name: basename(model.name), ...model.digest },
      inputs: { [input.name]: record },
      outputs: outputsOf(model, fields),
      source: {
        kind: fields.kind ?? imported?.kind ?? 'options',
        from: imported?.from ?? null,
        given,
      },
    }
  },
)

interface MadeRecord {
  readonly input: ModelTensor
  readonly record: SidecarInput
  readonly given: readonly string[]
}

const sourceOf = ({ imported }: SidecarFields) => imported?.from ?? 'what the options say'

function ofPicture({ inputs }: DescribedModel, fields: SidecarFields): MadeRecord {
  const input = imageInput(inputs, fields.input)
  const said = { ...shapeOf(input), ...defined(fields.imported?.record ?? {}) }
  const { record, given } = completeRecord(sourceOf(fields), said, fields.given)
  resolvePreprocessing(record)
  return { input, record: { image: record }, given }
}

function ofSound({ inputs }: DescribedModel, fields: SidecarFields): MadeRecord {
  const [picture] = Object.keys(defined(fields.given))
  if (picture !== undefined) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `expected no ${picture} in a record of sound, received one`,
    )
  }
  const given = defined(fields.audio ?? {})
  const record = { ...fields.imported?.audio, ...given } as AudioPreprocessing
  const open = (['preset', 'sampleRate'] as const).filter((field) => record[field] === undefined)
  if (open.length > 0) {
    throw new TwinferError(
      'TWINFER_SIDECAR_INCOMPLETE',
      `${sourceOf(fields)} leaves open: ${open.join(', ')}`,
      {
        help: `Nothing is taken for granted. Give --preset ${audioPresets.join(', ')}; --sample-rate, in Hz.`,
      },
    )
  }
  resolveAudio(record)
  return { input: audioInput(inputs, fields.input), record: { audio: record }, given: Object.keys(given) }
}

function defined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}

/** What the model says of itself. */
function shapeOf(input: ModelTensor): PartialRecord {
  const { width, height } = imageShapeOf(input) ?? {}
  return {
    ...(width !== undefined && height !== undefined && { size: { width, height } }),
    ...(input.layout === 'NHWC' && { layout: input.layout }),
  }
}

function requireAgreement(input: ModelTensor, record: SidecarInput, source: string): void {
  const found = inputContradiction(input, record)
  if (found === undefined) return
  throw new TwinferError('TWINFER_SHAPE_MISMATCH', `${source} is not of this model: ${found}`, {
    help: 'Give the record of the model that was converted; what the converter changed goes into options (--width, --height, --layout).',
  })
}

function outputsOf(
  { outputs }: DescribedModel,
  { imported, output, meaning = imported?.meaning, labels = imported?.labels, threshold }: SidecarFields,
): Readonly<Record<string, SidecarOutput>> {
  const names = outputs.map(({ name }) => name)
  const wanted = output ?? names[0]
  if (wanted === undefined || !names.includes(wanted)) {
    throw new TwinferError(
      'TWINFER_UNKNOWN_OUTPUT',
      `expected an output of the model (${names.join(', ')}), received ${wanted === undefined ? 'none' : `'${wanted}'`}`,
      { help: wanted === undefined ? '' : suggest(wanted, names) },
    )
  }
  return {
    [wanted]: {
      meaning: meaning ?? 'raw',
      ...(labels !== undefined && { labels }),
      ...(threshold !== undefined && { threshold }),
    },
  }
}
