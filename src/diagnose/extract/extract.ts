import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compareTensors } from '../../compare/measure/compareTensors.js'
import { conformInputs, pairInputs } from '../../compare/outputs/pairInputs.js'
import { answering } from '../../errors/answering.js'
import { type OptionNames, requireOptions, requirePath } from '../../errors/requireOptions.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile, type ModelSource } from '../../file/ModelFile.js'
import { progress } from '../../format/progress.js'
import type { Effective } from '../../model/Model.js'
import { nameInputs } from '../../model/nameInputs.js'
import { open } from '../../model/open.js'
import type { OpenOptions, TensorInfo } from '../../model/options.js'
import { describeMachine } from '../../pack/describeRun.js'
import type { PackInputs } from '../../pack/PackSession.js'
import { packageVersion } from '../../packageVersion.js'
import { npyFileNames, writeNpy } from '../../tensor/npy/writeNpy.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { ModelReference } from '../model/ModelReference.js'
import { algorithms } from '../model/switches.js'
import { alignBlobs } from './alignBlobs.js'
import { type Captured, captureBlobs } from './captureBlobs.js'
import { choosePiece, graphOf, type Piece } from './choosePiece.js'
import type { Difference, ExtractedInput, ExtractedOutput, Extraction } from './Extraction.js'
import { OutputFolder } from './OutputFolder.js'
import { writePrograms } from './programs.js'
import { readmeOf } from './readme.js'
import { type PieceFiles, writePiece } from './writePiece.js'

/**
 * A piece gets threads by its own work, which is less than the whole network's, and MNN cuts a convolution by the number of
 * threads: its sums come in another order then.
 */
const oneThread = { threads: 1 } as const

export interface ExtractOptions
  extends Pick<OpenOptions, 'engine' | 'weights' | 'threads' | 'device' | 'engineOptions' | 'inputShapes'> {
  /** Its name, the name of a blob that it makes, or its index in the file. */
  readonly layer: string | number
  /** The last layer of a range, named likewise: all layers on the ways from the one to the other. Default: `layer` alone. */
  readonly to?: string | number | undefined
  /** Where everything is written. */
  readonly folder: string
  /** Replaces files of a folder that holds some. Default: false. */
  readonly force?: boolean | undefined
  /**
   * What the whole network is given, as `run` takes it; or chosen once its inputs are known. Default: what the reference, a
   * golden pack, was given.
   */
  readonly inputs?: PackInputs | undefined
  /** The path of the original (.onnx), of another model that is right, or of a golden pack. */
  readonly reference?: string | undefined
  /** What the piece computes in. Default: 'fp32'. What goes in is always of a run in fp32. */
  readonly precision?: OpenOptions['precision'] | undefined
}

/**
 * Cuts one layer, or all layers between two, out of a network, and writes what the engine's maintainers need to see what it
 * does: the smallest model, its input, what the engine computes and what was expected, a program in JavaScript and one in
 * C++, and a README.
 *
 * With a reference, what goes in and what is expected are the reference's wherever it has a tensor for the blob, so that
 * errors of earlier layers are no part of it.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION for a layer that is not there or computes nothing, for a range without a way,
 * and for a folder that holds something; TWINFER_MODEL_UNSUPPORTED for an .onnx, control flow, a static .mnn and blobs that
 * are no 32-bit numbers; TWINFER_MISSING_INPUT where nothing is given; and what `open`, `run` and opening the reference throw.
 */
export const extract = answering(
  'extract',
  async function extract(model: ModelSource, options: ExtractOptions): Promise<Extraction> {
    requireOptions(options, optionNames)
    requirePath('folder', options.folder, 'Everything that is cut out is written into it.')
    const { engine, weights, reference: path, folder, force = false, threads } = options
    const file = await ModelFile.from(model, { engine, weights })
    await file.requireKind()
    const graph = await graphOf(file)
    const piece = choosePiece(graph, options.layer, options.to)
    const reference = path === undefined ? undefined : await ModelReference.openPath(path, threads)
    try {
      const output = await OutputFolder.at(folder, force)
      try {
        const extraction = await new Extractor(file, piece, options, reference, output).write(graph.layers)
        await output.finish()
        return extraction
      } finally {
        await output.discard()
      }
    } finally {
      await reference?.dispose()
    }
  },
)

const optionNames: OptionNames<ExtractOptions> = {
  layer: true,
  to: true,
  folder: true,
  force: true,
  inputs: true,
  reference: true,
  precision: true,
  engine: true,
  weights: true,
  threads: true,
  device: true,
  engineOptions: true,
  inputShapes: true,
}

/** A blob that goes in or is expected, and where it comes from. */
interface ChosenBlob {
  readonly tensor: Tensor
  readonly from: 'model' | 'engine' | 'reference'
  readonly reference: string | null
}

class Extractor {
  readonly #warnings: string[] = []
  readonly #files: string[] = []
  readonly #engine: 'ncnn' | 'mnn'

  constructor(
    private readonly file: ModelFile,
    private readonly piece: Piece,
    private readonly options: ExtractOptions,
    private readonly reference: ModelReference | undefined,
    private readonly output: OutputFolder,
  ) {
    this.#engine = file.requireConverted()
  }

  async write(layers: Piece['layers']): Promise<Extraction> {
    const { file, piece, reference, options } = this
    progress(`running ${file.name} up to the layer`)
    const settings = { ...oneThread, ...pick(options, ['threads', 'inputShapes']) }
    const captured = await captureBlobs(
      file,
      [...new Set([...piece.enters, ...piece.leaves])],
      settings,
      (infos) => this.#feeds(infos),
    )
    const aligned = reference
      ? await alignBlobs(file, reference, captured.feeds, captured.blobs, layers, settings)
      : new Map()
    const choose = (name: string): ChosenBlob => {
      const own = captured.blobs.get(name)!.tensor
      if (Object.hasOwn(captured.feeds, name)) return { tensor: own, from: 'model', reference: null }
      const counterpart = aligned.get(name)
      if (!counterpart) return { tensor: own, from: 'engine', reference: null }
      return { tensor: counterpart.tensor, from: 'reference', reference: counterpart.name }
    }
    const written = await writePiece(file, piece, captured.blobs, this.output.unfinished)
    this.#files.push(written.model, ...(written.weights ? [written.weights] : []))
    const alone = await this.#runAlone(written, captured)
    const given = new Map(written.inputs.map((name) => [name, choose(name)]))
    const asked = pick(options, ['threads', 'device', 'engineOptions'])
    // As the engine runs it by itself, and the programs with it, unless kernels are what is looked at.
    const byItself =
      this.#engine === 'ncnn' ? { engineOptions: { kernels: false, ...asked.engineOptions } } : {}
    const runOptions = { precision: options.precision ?? 'fp32', ...asked, ...byItself }
    const computed = await this.#run(written, runOptions, given)
    const plain = await this.#run(
      written,
      { precision: 'fp32', engineOptions: algorithms[this.#engine] },
      given,
    )
    const inputs = await this.#writeInputs(given)
    const outputs = await this.#writeOutputs(computed.outputs, plain.outputs, choose)
    const { converter } = await this.#converter()
    const extraction: Extraction = {
      folder: options.folder,
      model: file.name,
      engine: this.#engine,
      layers: piece.computing.map(({ index, name, type }) => ({ index, name, type })),
      piece: written.model,
      inputs,
      fixed: written.fixed,
      outputs,
      alone,
      options: runOptions,
      effective: computed.effective,
      versions: {
        twinfer: packageVersion(),
        node: process.versions.node,
        engine: computed.effective.engineVersion,
        converter,
      },
      machine: describeMachine(this.#engine),
      files: this.#files,
      warnings: [...this.#warnings, ...computed.effective.notes],
    }
    return this.#writeTexts(extraction, written)
  }

  /** What the whole network is given. */
  async #feeds(infos: readonly TensorInfo[]): Promise<NamedTensors> {
    const { inputs } = this.options
    const { reference } = this
    const recorded = await reference?.recorded()
    if (inputs !== undefined) {
      if (recorded) {
        throw new TwinferError(
          'TWINFER_INVALID_OPTION',
          `expected no inputs beside ${reference!.name}, whose layers are those of its own; received some`,
          { help: 'Leave the inputs out, or give the .onnx as the reference.' },
        )
      }
      if (typeof inputs !== 'function') return nameInputs(infos, inputs)
      return inputs(infos, reference && pairInputs(reference.inputs, infos))
    }
    if (recorded) return conformInputs(reference!.inputs, infos, recorded.inputs).feeds
    throw new TwinferError(
      'TWINFER_MISSING_INPUT',
      `nothing is given for the input '${infos[0]?.name}': expected what the whole network is given`,
      { help: 'Give it with -i FILE.npy (inputs), or a golden pack as the reference.' },
    )
  }

  /** On the engine's own values. */
  async #runAlone(written: PieceFiles, { blobs }: Captured): Promise<Extraction['alone']> {
    const own = new Map(written.inputs.map((name) => [name, blobs.get(name)!]))
    const { outputs } = await this.#run(
      written,
      { precision: 'fp32', ...oneThread, ...pick(this.options, ['threads']) },
      own,
    )
    const differences = this.piece.leaves.map((name) => {
      const inside = blobs.get(name)!.tensor
      return { ...differenceOf(inside, outputs[name]!), identical: areIdentical(inside, outputs[name]!) }
    })
    const worst = differences.reduce((a, b) => ((b.sqnrDb ?? -Infinity) < (a.sqnrDb ?? -Infinity) ? b : a))
    if ((worst.sqnrDb ?? -Infinity) < sameDb) {
      this.#warnings.push(
        'the piece alone does not compute what it computes inside of the network: what is around it changes how the engine runs it',
      )
    }
    return { ...worst, identical: differences.every(({ identical }) => identical) }
  }

  async #run(
    { model }: PieceFiles,
    options: OpenOptions,
    given: ReadonlyMap<string, { readonly tensor: Tensor }>,
  ): Promise<{ readonly outputs: NamedTensors; readonly effective: Effective }> {
    progress('running the piece')
    const opened = await open(join(this.output.unfinished, model), { ...options, sidecar: false })
    try {
      const feeds = Object.create(null) as Record<string, Tensor>
      for (const [name, { tensor }] of given) feeds[name] = tensor
      const outputs = await opened.run(feeds, { outputs: this.piece.leaves })
      return { outputs, effective: opened.effective }
    } finally {
      await opened.dispose()
    }
  }

  async #writeInputs(given: ReadonlyMap<string, ChosenBlob>): Promise<readonly ExtractedInput[]> {
    const nameFile = npyFileNames()
    const inputs: ExtractedInput[] = []
    for (const [name, { tensor, from, reference }] of given) {
      const { shape, dtype, layout } = tensor
      const file = await this.#writeNpy('inputs', nameFile(name), tensor)
      inputs.push({ name, shape, dtype, layout, file, from, reference })
    }
    return inputs
  }

  async #writeOutputs(
    computed: NamedTensors,
    plain: NamedTensors,
    choose: (name: string) => ChosenBlob,
  ): Promise<readonly ExtractedOutput[]> {
    const nameFile = npyFileNames()
    const outputs: ExtractedOutput[] = []
    for (const name of this.piece.leaves) {
      const chosen = choose(name)
      const isReference = chosen.from === 'reference'
      if (this.reference && !isReference) {
        this.#warnings.push(
          `the reference has nothing that is like '${name}': what is expected of it is of ${this.#engine} itself`,
        )
      }
      const expected = isReference ? chosen.tensor : plain[name]!
      const { shape, dtype } = computed[name]!
      const file = nameFile(name)
      outputs.push({
        name,
        shape,
        dtype,
        expected: await this.#writeNpy('expected', file, expected),
        computed: await this.#writeNpy('computed', file, computed[name]!),
        expectedFrom: isReference ? 'reference' : 'engine',
        reference: isReference ? chosen.reference : null,
        ...differenceOf(expected, computed[name]!),
      })
    }
    return outputs
  }

  async #writeNpy(folder: string, name: string, tensor: Tensor): Promise<string> {
    const file = `${await this.output.folder(folder)}/${name}`
    await writeNpy(join(this.output.unfinished, file), tensor)
    this.#files.push(file)
    return file
  }

  async #converter(): Promise<{ readonly converter: string }> {
    return { converter: this.#engine === 'mnn' ? (await this.file.mnnNet()).converter : '' }
  }

  async #writeTexts(extraction: Extraction, { model, weights }: PieceFiles): Promise<Extraction> {
    const { inputs, outputs, effective, options, engine } = extraction
    const engineOptions = options.engineOptions ?? {}
    const texts = new Map(
      writePrograms({ engine, model, weights, inputs, outputs, effective, engineOptions }),
    )
    const files = [...this.#files, ...texts.keys(), 'repro.json', 'README.md']
    const whole = { ...extraction, files }
    // Whoever is sent it has no use for where it was made.
    const { folder: _, ...portable } = { ...whole, model: basename(whole.model) }
    texts.set('repro.json', `${JSON.stringify(portable, null, 2)}\n`)
    texts.set('README.md', readmeOf(whole))
    for (const [name, text] of texts) await writeFile(join(this.output.unfinished, name), text)
    return whole
  }
}

/** Below this a piece is not what it is inside of the network: rounding leaves more. */
const sameDb = 80

function differenceOf(expected: Tensor, computed: Tensor): Difference {
  const { sqnrDb, maxAbs } = compareTensors(expected, computed)
  return { sqnrDb: sqnrDb ?? null, maxAbs: maxAbs ?? 0 }
}

function areIdentical(a: Tensor, b: Tensor): boolean {
  const bytes = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return a.dtype === b.dtype && bytes(a).equals(bytes(b))
}

/** Those that are given, as `exactOptionalPropertyTypes` wants it. */
function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const given = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])
  return Object.fromEntries(given) as Partial<Pick<T, K>>
}
