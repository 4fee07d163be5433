import { basename } from 'node:path'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import type { Preprocessing } from '../Preprocessing.js'
import { resolvePreprocessing } from '../resolvePreprocessing.js'
import { completeRecord } from './completeRecord.js'
import { contradiction, imageInput, imageShapeOf, type ModelTensor } from './imageInputs.js'
import type { Import, PartialRecord } from './imports/Import.js'
import {
  type OutputMeaning,
  type Sidecar,
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
  /** Default: the only input that can be a picture's. */
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
 * Throws TWINFER_SIDECAR_INCOMPLETE for what is still open, TWINFER_SHAPE_MISMATCH where the record contradicts the
 * model's input, TWINFER_UNKNOWN_INPUT, TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_OUTPUT, or TWINFER_INVALID_OPTION.
 */
export const makeSidecar = answering(
  'makeSidecar',
  function makeSidecar(model: DescribedModel, fields: SidecarFields): Sidecar {
    const { imported, given } = fields
    const input = imageInput(model.inputs, fields.input)
    const source = imported?.from ?? 'what the options say'
    const said = { ...shapeOf(input), ...defined(imported?.record ?? {}) }
    const completed = completeRecord(source, said, given)
    resolvePreprocessing(completed.record)
    requireAgreement(input, completed.record, source)
    return {
      format: 'twinfer-sidecar',
      version: sidecarVersion,
      model: { name: basename(model.name), ...model.digest },
      inputs: { [input.name]: { image: completed.record } },
      outputs: outputsOf(model, fields),
      source: {
        kind: fields.kind ?? imported?.kind ?? 'options',
        from: imported?.from ?? null,
        given: completed.given,
      },
    }
  },
)

function defined(record: PartialRecord): PartialRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

/** What the model says of itself. */
function shapeOf(input: ModelTensor): PartialRecord {
  const { width, height } = imageShapeOf(input) ?? {}
  return {
    ...(width !== undefined && height !== undefined && { size: { width, height } }),
    ...(input.layout === 'NHWC' && { layout: input.layout }),
  }
}

function requireAgreement(input: ModelTensor, record: Preprocessing, source: string): void {
  const found = contradiction(input, record)
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
