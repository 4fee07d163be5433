import { closeSync, openSync, readSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { answeringMethods } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import { progress } from '../format/progress.js'
import { digestFiles, type FileOrBytes, type ModelDigest, sizeOf } from './FileOrBytes.js'
import { identifyModel, type ModelEngine } from './identifyModel.js'
import { type MnnNet, type MnnReport, parsedMnn, reportMnn, requireMnn } from './MnnReport.js'
import type { ModelSummary } from './ModelSummary.js'
import { type ModelWork, sumUpWork } from './ModelWork.js'
import {
  type NcnnReport,
  parsedParam,
  readParam,
  reportNcnn,
  requireParam,
  weightsPath,
} from './NcnnReport.js'
import { nearestFile, readStart, unreadable } from './requireFile.js'
import { requireContent, sniffContent } from './sniffContent.js'
import { type StoredAs, storagesOfMnn, storagesOfNcnn } from './storages.js'
import { summariseMnn, summariseNcnn } from './summarise.js'

/** What every function takes for a model: a path, a file URL, the content, or a file that was identified before. */
export type ModelSource = string | URL | Uint8Array | ModelFile

export interface ModelFileOptions {
  /** Default: by the file's extension, else by its content. */
  readonly engine?: 'ncnn' | 'mnn' | undefined
  /** ncnn only: the `.bin`. Default: the file beside the `.param` with the same stem. */
  readonly weights?: string | URL | Uint8Array | undefined
}

const optionNames: OptionNames<ModelFileOptions> = { engine: true, weights: true }

export { type FileOrBytes, sizeOf } from './FileOrBytes.js'

/**
 * A model's files: identified once, and read when something is asked of them, once as well. Functions that take a
 * model take this in place of a path, so that what several of them ask is read for the first.
 */
export class ModelFile {
  readonly engine: ModelEngine
  /** Undefined where the content was given. */
  readonly path: string | undefined
  /** In messages. */
  readonly name: string
  readonly #bytes: Uint8Array | undefined
  readonly #weights: FileOrBytes | undefined
  #content: Promise<Uint8Array> | undefined
  #ncnn: Promise<NcnnReport> | undefined
  #mnn: Promise<MnnReport> | undefined
  #digest: Promise<ModelDigest> | undefined

  private constructor(given: FileOrBytes, engine: ModelEngine, weights: FileOrBytes | undefined) {
    this.engine = engine
    this.path = typeof given === 'string' ? given : undefined
    this.name = this.path ?? 'the model in memory'
    this.#bytes = typeof given === 'string' ? undefined : given
    this.#weights = engine === 'ncnn' ? weights : undefined
  }

  /**
   * Identifies a model, of which nothing is read yet but what that takes.
   *
   * Throws TWINFER_FILE_NOT_FOUND (naming the nearest file), TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID for what
   * is no model, TWINFER_INVALID_ARGUMENT for what is none of the four, and
   * TWINFER_INVALID_OPTION for another engine than a ModelFile was identified for.
   */
  static async from(source: ModelSource, options: ModelFileOptions = {}): Promise<ModelFile> {
    requireOptions(options, optionNames)
    const { engine, weights } = options
    if (source instanceof ModelFile) {
      const isSame = engine === undefined || engine === source.engine
      if (isSame && weights === undefined) return source
      if (isSame) return new ModelFile(source.model, source.engine, fileOf(weights!, 'weights'))
      throw new TwinferError(
        'TWINFER_INVALID_OPTION',
        `expected engine '${source.engine}', which ${source.name} was identified for, received '${engine}'`,
      )
    }
    const given = fileOf(source, 'model')
    const identified = await (typeof given === 'string'
      ? identifyModel(given, engine)
      : (engine ?? sniff(given)))
    return new ModelFile(given, identified, weights === undefined ? undefined : fileOf(weights, 'weights'))
  }

  /** The path, or the content where that was given: what an engine opens. */
  get model(): FileOrBytes {
    return this.#bytes ?? this.path!
  }

  /** The path. Throws TWINFER_MODEL_UNSUPPORTED where the content was given, of which an .onnx cannot run. */
  requirePath(): string {
    if (this.path !== undefined) return this.path
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      'expected the path of an .onnx, received its content',
      {
        help: 'Write it to a file: onnxruntime looks for external weights beside it.',
      },
    )
  }

  /** What the file of weights is called, or would be: the `.bin` of a `.param`, and where MNN looks for weights apart. */
  get weightsName(): string {
    if (typeof this.#weights === 'string') return this.#weights
    return this.engine === 'ncnn' ? weightsPath(this.name) : `${this.name}.weight`
  }

  /** The weights that are not in the model itself; undefined where there are none of that name. */
  async weights(): Promise<FileOrBytes | undefined> {
    if (this.#weights !== undefined || this.path === undefined || this.engine === 'onnx') return this.#weights
    const found = await stat(this.weightsName).catch(() => undefined)
    return found?.isFile() ? this.weightsName : undefined
  }

  /** The same. Throws TWINFER_FILE_NOT_FOUND, or TWINFER_INVALID_ARGUMENT for a `.param` in memory, where there are none. */
  async requireWeights(): Promise<FileOrBytes> {
    const weights = await this.weights()
    if (weights !== undefined) return weights
    if (this.path !== undefined) throw await noWeights(this.path)
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      "expected the option 'weights' with the content of the .bin, received none",
    )
  }

  /**
   * SHA-256 over the model and its weights, read once. Throws what `requireWeights` throws; of an .onnx that has
   * weights apart, `digestModel` knows the files.
   */
  digest(): Promise<ModelDigest> {
    this.#digest ??= this.#digestFiles()
    return this.#digest
  }

  async #digestFiles(): Promise<ModelDigest> {
    const weights = this.engine === 'ncnn' ? await this.requireWeights() : await this.weights()
    return digestFiles(weights === undefined ? [this.model] : [this.model, weights])
  }

  /** The `.param` as it is. Throws TWINFER_MODEL_INVALID where it plainly is something else. */
  content(): Promise<Uint8Array> {
    this.#content ??= this.#read()
    return this.#content
  }

  async #read(): Promise<Uint8Array> {
    if (this.#bytes === undefined) return readParam(this.path!)
    requireParam(this.#bytes, this.name)
    return this.#bytes
  }

  /** Throws TWINFER_MODEL_INVALID where the content plainly is that of another kind of file. */
  async requireKind(): Promise<void> {
    if (this.engine === 'ncnn') await this.content()
    if (this.engine === 'mnn') requireContent(await this.#start(), 'mnn', this.name)
  }

  async #start(): Promise<Uint8Array> {
    return this.#bytes?.subarray(0, 4096) ?? readStart(this.path!)
  }

  /** All that cpp/format says of an ncnn network and of the tags of its weights. Never throws for what they hold. */
  ncnn(): Promise<NcnnReport> {
    this.#ncnn ??= this.#reportNcnn()
    return this.#ncnn
  }

  async #reportNcnn(): Promise<NcnnReport> {
    const [param, weights] = [await this.content(), await this.weights()]
    progress(`reading ${this.name}`)
    if (typeof weights !== 'string') return reportNcnn(param, weights && tagsOf(weights))
    const size = await sizeOf(weights)
    const file = openWeights(weights)
    try {
      return reportNcnn(param, { size, word: (offset) => wordAt(file, offset, size) })
    } finally {
      closeSync(file)
    }
  }

  /** All that cpp/format says of an .mnn. Never throws for what it holds, but for what plainly is no .mnn. */
  mnn(): Promise<MnnReport> {
    this.#mnn ??= this.#reportMnn()
    return this.#mnn
  }

  async #reportMnn(): Promise<MnnReport> {
    progress(`reading ${this.name}`)
    const weights = await this.weights()
    await requireMnn(this.model, this.name)
    return reportMnn(this.model, weights === undefined ? 0 : await sizeOf(weights))
  }

  /** The network of an .mnn. Throws TWINFER_MODEL_INVALID where tables or indices lead out of the file. */
  async mnnNet(): Promise<MnnNet> {
    return parsedMnn(await this.mnn(), this.name)
  }

  /** Inputs, outputs, layers, versions. Throws as `inspect` does. */
  async summary(): Promise<ModelSummary> {
    const bytes = await sizeOf(this.model)
    switch (this.engine) {
      case 'ncnn': {
        const weights = await this.weights()
        const report = parsedParam(await this.ncnn(), this.name)
        return summariseNcnn(report, {
          file: this.name,
          bytes,
          weights: weights === undefined ? undefined : await summaryOf(weights),
        })
      }
      case 'mnn':
        return summariseMnn(await this.mnnNet(), { file: this.name, bytes })
      case 'onnx':
        throw this.#isOnnx(
          'inspect reads ncnn and MNN models. Convert it with pnnx (ncnn) or the MNN converter first.',
        )
    }
  }

  /** How much arithmetic the network does; what subgraphs do is not counted, as how often they run is known only then. */
  async work(): Promise<ModelWork> {
    if (this.requireConverted() === 'ncnn') return sumUpWork((await this.ncnn()).layers)
    const { operators } = await this.mnnNet()
    return sumUpWork(operators.filter(({ subgraph }) => subgraph === null))
  }

  /** Every way in which weights are stored, each once; of the weights only the tags are read. */
  async storages(): Promise<readonly StoredAs[]> {
    if (this.requireConverted() === 'mnn') return storagesOfMnn(await this.mnnNet())
    const { weights } = await this.ncnn()
    return storagesOfNcnn(weights?.blocks ?? [])
  }

  /** The engine, where it is one that a model is converted to. Throws TWINFER_MODEL_UNSUPPORTED for an .onnx. */
  requireConverted(help = 'Give the converted model, and the .onnx as the reference.'): 'ncnn' | 'mnn' {
    if (this.engine !== 'onnx') return this.engine
    throw this.#isOnnx(help)
  }

  #isOnnx(help: string): TwinferError {
    const message = `${this.name} is an ONNX model: expected .param or .mnn`
    return new TwinferError('TWINFER_MODEL_UNSUPPORTED', message, { help })
  }
}

answeringMethods(ModelFile)

function fileOf(given: string | URL | Uint8Array, role: string): FileOrBytes {
  if (given instanceof URL) return fileURLToPath(given)
  if (typeof given === 'string' || given instanceof Uint8Array) return given
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected a path, a file URL, a Uint8Array or a ModelFile as ${role}, received ${describeValue(given)}`,
  )
}

/** What is neither is for MNN to refuse. */
function sniff(content: Uint8Array): ModelEngine {
  const { kind } = sniffContent(content.subarray(0, 4096))
  if (kind === 'onnx') return 'onnx'
  return kind === 'ncnn-param' || kind === 'ncnn-param-bin' ? 'ncnn' : 'mnn'
}

async function noWeights(param: string): Promise<TwinferError> {
  const wanted = weightsPath(param)
  const near = await nearestFile(wanted)
  return new TwinferError('TWINFER_FILE_NOT_FOUND', `no weights beside ${param}: expected ${wanted}`, {
    help: near?.toLowerCase().endsWith('.bin')
      ? `Did you mean ${near}? The .bin must have the same stem as the .param.`
      : 'Copy the .bin into the same folder, with the same stem as the .param.',
  })
}

async function summaryOf(weights: FileOrBytes): Promise<{ readonly file: string; readonly bytes: number }> {
  return {
    file: typeof weights === 'string' ? weights : 'the weights in memory',
    bytes: await sizeOf(weights),
  }
}

function openWeights(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw unreadable('weights', path, cause)
  }
}

/** The little-endian word at `offset`, or undefined where the file ends before it does. */
function wordAt(file: number, offset: number, size: number): number | undefined {
  if (offset < 0 || offset + 4 > size) return undefined
  const bytes = Buffer.alloc(4)
  return readSync(file, bytes, 0, 4, offset) === 4 ? bytes.readUInt32LE() : undefined
}

function tagsOf(weights: Uint8Array) {
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength)
  const isInside = (offset: number) => offset >= 0 && offset + 4 <= weights.length
  return {
    size: weights.length,
    word: (offset: number) => (isInside(offset) ? view.getUint32(offset, true) : undefined),
  }
}
