import { fileURLToPath } from 'node:url'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue, suggest } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import { castTensor } from '../../tensor/convertTensor.js'
import type { DType } from '../../tensor/DType.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { decodeImage } from '../decodeImage.js'
import type { Pixels, Preprocessing } from '../Preprocessing.js'
import { preprocess } from '../preprocess.js'
import { contradiction, type ModelTensor } from './imageInputs.js'
import type { Sidecar } from './Sidecar.js'
import { digestWarning, findSidecar, type ReadSidecar, readSidecar, recordsOf } from './sidecarFile.js'
import { sidecarPath } from './sidecarPath.js'

/** A picture: decoded pixels, an image file, or its content. */
export type ImageSource = Pixels | string | URL | Uint8Array

/** Where a model's sidecar is: a file, `false` for none. Default: beside the model. */
export type SidecarChoice = string | URL | false | undefined

/** What a `ModelFile` is, as far as its record goes. */
export interface RecordedFile {
  /** Undefined where the content was given. */
  readonly path: string | undefined
  readonly name: string
}

/** The sidecar of one model, as far as there is one, and what is to be said of it. */
export class ModelRecord {
  private constructor(
    private readonly model: RecordedFile,
    private readonly read: ReadSidecar | undefined,
    /** Why the sidecar beside the model cannot be used. */
    private readonly fault: TwinferError | undefined,
    /** What a person should know of it before anything runs. */
    readonly warnings: readonly string[],
  ) {}

  /**
   * Reads the sidecar of a model, and holds it against the model's files.
   *
   * One that lies beside the model and is damaged stops nobody who brings tensors: it is a warning, and an error where
   * it is asked for. One that is named throws TWINFER_FILE_NOT_FOUND, TWINFER_SIDECAR_INVALID or
   * TWINFER_SIDECAR_UNSUPPORTED at once.
   */
  static async load(
    model: RecordedFile,
    choice: SidecarChoice,
    digest: () => Promise<ModelDigest>,
  ): Promise<ModelRecord> {
    if (choice === false) return ModelRecord.none(model)
    try {
      const read = await ModelRecord.#find(model, choice)
      const warning = read && digestWarning(read.sidecar, await digest(), read.path)
      return new ModelRecord(model, read, undefined, warning === undefined ? [] : [warning])
    } catch (error) {
      if (choice !== undefined || !(error instanceof TwinferError)) throw error
      return new ModelRecord(model, undefined, error, [`the sidecar is not used: ${error.message}`])
    }
  }

  static none(model: RecordedFile): ModelRecord {
    return new ModelRecord(model, undefined, undefined, [])
  }

  static async #find(
    { path }: RecordedFile,
    choice: string | URL | undefined,
  ): Promise<ReadSidecar | undefined> {
    if (choice !== undefined) return readSidecar(choice instanceof URL ? fileURLToPath(choice) : choice)
    return path === undefined ? undefined : findSidecar(path)
  }

  /** Undefined where there is none. Throws TWINFER_SIDECAR_INVALID or TWINFER_SIDECAR_UNSUPPORTED for a damaged one. */
  get sidecar(): Sidecar | undefined {
    if (this.fault) throw this.fault
    return this.read?.sidecar
  }

  /** By input; nothing where there is no sidecar. */
  get records(): Readonly<Record<string, Preprocessing>> {
    const { sidecar } = this
    return sidecar === undefined ? {} : recordsOf(sidecar)
  }

  /**
   * The inputs that pictures become, by name. `images` is one picture, or pictures by input where there are several
   * such inputs.
   *
   * Throws TWINFER_SIDECAR_MISSING where there is no record, TWINFER_UNKNOWN_INPUT for a record of no input of this
   * model, TWINFER_SHAPE_MISMATCH where one contradicts it, TWINFER_MISSING_INPUT, and what `decodeImage` and
   * `preprocess` throw.
   */
  async feeds(
    inputs: readonly (ModelTensor & { readonly dtype: DType })[],
    images: ImageSource | Readonly<Record<string, ImageSource>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const { sidecar, records } = this
    if (sidecar === undefined) throw this.#missing()
    const names = Object.keys(records)
    const feeds: Record<string, Tensor> = Object.create(null)
    for (const name of names) {
      const input = inputs.find((other) => other.name === name)
      if (input === undefined) throw this.#unknownInput(name, inputs)
      const record = records[name]!
      const found = contradiction(input, record)
      if (found !== undefined) {
        throw new TwinferError(
          'TWINFER_SHAPE_MISMATCH',
          `${this.read!.path} is not of this model: ${found}`,
          {
            help: 'See `twinfer meta verify`.',
          },
        )
      }
      feeds[name] = conform(preprocess(await pixelsOf(imageFor(name, names, images)), record), input)
    }
    return feeds
  }

  #missing(): TwinferError {
    const { path, name } = this.model
    const where = path === undefined ? 'it was given as content' : `expected ${sidecarPath(path)}`
    return new TwinferError(
      'TWINFER_SIDECAR_MISSING',
      `${name}: nothing says how a picture becomes its input (${where})`,
      {
        help: 'Write the record of the model that was converted with `twinfer meta init MODEL --from …`, or name it with the option sidecar. Nothing is taken for granted: most models want something else.',
      },
    )
  }

  #unknownInput(name: string, inputs: readonly ModelTensor[]): TwinferError {
    const known = inputs.map((input) => input.name)
    return new TwinferError(
      'TWINFER_UNKNOWN_INPUT',
      `${this.read!.path}: expected records of inputs of the model (${known.join(', ')}), received one of '${name}'`,
      { help: suggest(name, known) || 'See `twinfer meta verify`.' },
    )
  }
}

/** Pixels are taken as they are. Throws TWINFER_INVALID_ARGUMENT for what is no picture. */
export async function pixelsOf(image: ImageSource): Promise<Pixels> {
  if (isPixels(image)) return image
  if (image instanceof URL) return decodeImage(fileURLToPath(image))
  if (typeof image === 'string' || image instanceof Uint8Array) return decodeImage(image)
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected a picture as pixels, a path, a file URL or the content of an image file, received ${describeValue(image)}`,
  )
}

function isPixels(image: unknown): image is Pixels {
  return typeof image === 'object' && image !== null && 'data' in image && 'width' in image
}

function isSource(image: unknown): image is ImageSource {
  return typeof image === 'string' || image instanceof URL || image instanceof Uint8Array || isPixels(image)
}

function imageFor(
  name: string,
  names: readonly string[],
  images: ImageSource | Readonly<Record<string, ImageSource>>,
): ImageSource {
  if (isSource(images) && names.length === 1) return images
  const given = isSource(images) || typeof images !== 'object' || images === null ? undefined : images
  if (given && Object.hasOwn(given, name)) return given[name]!
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `expected a picture for ${names.map((input) => `'${input}'`).join(', ')}, received none for '${name}'`,
    { help: 'Give pictures by the names of the inputs.' },
  )
}

/** In the element type of the model, where nothing is lost. */
function conform(tensor: Tensor, { dtype }: { readonly dtype: DType }): Tensor {
  return castTensor(tensor, dtype) ?? tensor
}
