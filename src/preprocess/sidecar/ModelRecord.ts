import { fileURLToPath } from 'node:url'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue, suggest } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import { castTensor } from '../../tensor/convertTensor.js'
import type { DType } from '../../tensor/DType.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { Sound } from '../audio/AudioPreprocessing.js'
import { decodeWav } from '../audio/decodeWav.js'
import { preprocessAudio } from '../audio/preprocessAudio.js'
import { decodeImage } from '../decodeImage.js'
import type { Pixels, Preprocessing } from '../Preprocessing.js'
import { preprocess } from '../preprocess.js'
import { inputContradiction, type ModelTensor } from './imageInputs.js'
import type { Sidecar, SidecarInput } from './Sidecar.js'
import { digestWarning, findSidecar, type ReadSidecar, readSidecar, recordsOf } from './sidecarFile.js'
import { sidecarPath } from './sidecarPath.js'

/** A picture: decoded pixels, an image file, or its content. */
export type ImageSource = Pixels | string | URL | Uint8Array

/** Sound: samples, a .wav file, or its content. */
export type SoundSource = Sound | string | URL | Uint8Array

/** What an input is made of: a picture or sound, as its record says. */
export type InputSource = ImageSource | SoundSource

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

  /** Of pictures, by input; nothing where there is no sidecar. */
  get records(): Readonly<Record<string, Preprocessing>> {
    const { sidecar } = this
    return sidecar === undefined ? {} : recordsOf(sidecar)
  }

  /**
   * The inputs that pictures and sounds become, by name. `sources` is one of them, or several by input where there are
   * several such inputs.
   *
   * Throws TWINFER_SIDECAR_MISSING where there is no record, TWINFER_UNKNOWN_INPUT for a record of no input of this
   * model, TWINFER_SHAPE_MISMATCH where one contradicts it, TWINFER_MISSING_INPUT, and what `decodeImage`,
   * `preprocess`, `decodeWav` and `preprocessAudio` throw.
   */
  async feeds(
    inputs: readonly (ModelTensor & { readonly dtype: DType })[],
    sources: InputSource | Readonly<Record<string, InputSource>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const { sidecar } = this
    if (sidecar === undefined) throw this.#missing()
    const names = Object.keys(sidecar.inputs)
    const feeds: Record<string, Tensor> = Object.create(null)
    for (const name of names) {
      const input = inputs.find((other) => other.name === name)
      if (input === undefined) throw this.#unknownInput(name, inputs)
      const record = sidecar.inputs[name]!
      const found = inputContradiction(input, record)
      if (found !== undefined) {
        throw new TwinferError(
          'TWINFER_SHAPE_MISMATCH',
          `${this.read!.path} is not of this model: ${found}`,
          {
            help: 'See `twinfer meta verify`.',
          },
        )
      }
      feeds[name] = conform(await tensorOf(sourceFor(name, names, sources), record, input), input)
    }
    return feeds
  }

  #missing(): TwinferError {
    const { path, name } = this.model
    const where = path === undefined ? 'it was given as content' : `expected ${sidecarPath(path)}`
    return new TwinferError(
      'TWINFER_SIDECAR_MISSING',
      `${name}: nothing says how a picture or sound becomes its input (${where})`,
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

async function tensorOf(
  source: InputSource,
  { image, audio }: SidecarInput,
  input: ModelTensor,
): Promise<Tensor> {
  if (image) return preprocess(await pixelsOf(source as ImageSource), image)
  return inRankOf(input, preprocessAudio(await soundOf(source as SoundSource), audio))
}

/** Samples are taken as they are. Throws TWINFER_INVALID_ARGUMENT for what is no sound. */
export async function soundOf(sound: SoundSource): Promise<Sound> {
  if (isSound(sound)) return sound
  if (sound instanceof URL) return decodeWav(fileURLToPath(sound))
  if (typeof sound === 'string' || sound instanceof Uint8Array) return decodeWav(sound)
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected sound as samples, a path, a file URL or the content of a .wav, received ${describeValue(sound)}`,
  )
}

/** A spectrogram has a batch and two dimensions; some networks have a channel beside them, or no batch. */
function inRankOf({ shape }: ModelTensor, { data, shape: own }: Tensor): Tensor {
  const size = own.slice(-2)
  if (shape?.length === 2) return new Tensor(data, size)
  return new Tensor(data, shape?.length === 4 ? [1, 1, ...size] : own)
}

function isSound(sound: unknown): sound is Sound {
  return typeof sound === 'object' && sound !== null && 'samples' in sound && 'sampleRate' in sound
}

function isSource(source: unknown): source is InputSource {
  if (typeof source === 'string' || source instanceof URL || source instanceof Uint8Array) return true
  return isPixels(source) || isSound(source)
}

function sourceFor(
  name: string,
  names: readonly string[],
  sources: InputSource | Readonly<Record<string, InputSource>>,
): InputSource {
  if (isSource(sources) && names.length === 1) return sources
  const given = isSource(sources) || typeof sources !== 'object' || sources === null ? undefined : sources
  if (given && Object.hasOwn(given, name)) return given[name]!
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `expected a picture or sound for ${names.map((input) => `'${input}'`).join(', ')}, received none for '${name}'`,
    { help: 'Give them by the names of the inputs.' },
  )
}

/** In the element type of the model, where nothing is lost. */
function conform(tensor: Tensor, { dtype }: { readonly dtype: DType }): Tensor {
  return castTensor(tensor, dtype) ?? tensor
}
