import type { PairableInput } from '../../compare/outputs/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { readStart } from '../../file/requireFile.js'
import { sniffContent } from '../../file/sniffContent.js'
import type { Model } from '../../model/Model.js'
import type { OnnxModel } from '../../onnx/OnnxModel.js'
import { PackTracer } from '../../pack/locateFault.js'
import { findModel, openRunnable, type RunnableOptions } from '../../pack/openRunnable.js'
import { Pack } from '../../pack/Pack.js'
import { inputsOf } from '../../pack/verify.js'
import type { DType } from '../../tensor/DType.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { LayerTracer } from '../../trace/LayerTracer.js'
import { openReference } from '../../trace/traceLayers.js'

/** One input of the network, as the original calls it, and what the original makes of it. */
export interface GoldenRun {
  readonly inputs: NamedTensors
  readonly outputs: NamedTensors
}

/** What a candidate is held against: the original, or what a golden pack recorded of it. */
export class ModelReference {
  #model: Promise<Model | OnnxModel> | undefined
  #recorded: Promise<GoldenRun> | undefined
  /** The pack, where nobody else closes it. */
  #ownPack: Pack | undefined

  private constructor(
    readonly name: string,
    /** All that the original has. */
    readonly inputs: readonly (PairableInput & { readonly dtype?: DType })[],
    /** In its order. */
    readonly outputNames: readonly string[],
    /** It is the .onnx, or was recorded from it: then numbered outputs count in its order. */
    readonly isOriginal: boolean,
    readonly pack: Pack | undefined,
    /** Undefined where a pack's model is not there any more. */
    private readonly file: ModelFile | undefined,
    private readonly threads: number | undefined,
  ) {}

  /**
   * @param source an .onnx (or another model, which runs in fp32), or a pack, whose recorded model is used where it is
   *   still there.
   * @throws TwinferError what `open()` throws; TWINFER_MISSING_DEPENDENCY for an .onnx where no onnxruntime is.
   */
  static async open(source: string | Pack, threads?: number): Promise<ModelReference> {
    if (typeof source !== 'string') {
      const { manifest, file } = source
      const { recorded } = manifest
      const names = recorded.outputs.map(({ name }) => name)
      const isOriginal = recorded.model.engine === 'onnx'
      const model = await recordedFile(source)
      return new ModelReference(file, inputsOf(manifest), names, isOriginal, source, model, threads)
    }
    const file = await ModelFile.from(source)
    const model = await openRunnable(file, optionsFor(file, threads))
    const names = model.outputs.map(({ name }) => name)
    const reference = new ModelReference(
      source,
      model.inputs,
      names,
      file.engine === 'onnx',
      undefined,
      file,
      threads,
    )
    reference.#model = Promise.resolve(model)
    return reference
  }

  /**
   * What the original gave, where only that was kept: it stands for the original on these inputs, under the candidate's names
   * for them. Undefined for a candidate that does not open, which is told elsewhere.
   */
  static async ofOutputs(
    candidate: ModelFile,
    options: RunnableOptions,
    outputs: NamedTensors,
  ): Promise<ModelReference | undefined> {
    try {
      const model = await openRunnable(candidate, options)
      const { inputs } = model
      await model.dispose()
      const names = Object.keys(outputs)
      return new ModelReference('the recorded outputs', inputs, names, false, undefined, undefined, undefined)
    } catch (error) {
      if (error instanceof TwinferError) return undefined
      throw error
    }
  }

  /**
   * A golden pack is a zip, whatever it is called; everything else is a model. Throws what opening either throws.
   */
  static async openPath(path: string, threads?: number): Promise<ModelReference> {
    if (!(await isArchive(path))) return ModelReference.open(path, threads)
    const pack = await Pack.open(path)
    try {
      const reference = await ModelReference.open(pack, threads)
      reference.#ownPack = pack
      return reference
    } catch (error) {
      await pack.close()
      throw error
    }
  }

  /** What a pack recorded, read once. Undefined for a model, which has to be given inputs. */
  async recorded(): Promise<GoldenRun | undefined> {
    this.#recorded ??= this.pack && readRecorded(this.pack)
    return this.#recorded
  }

  /**
   * What the original makes of an input.
   *
   * @throws TwinferError TWINFER_FILE_NOT_FOUND where a pack's model is not there any more, and what `run` throws.
   */
  async run(inputs: NamedTensors): Promise<GoldenRun> {
    const { file } = this
    if (!file) {
      throw new TwinferError(
        'TWINFER_FILE_NOT_FOUND',
        `${this.name}: expected the model that it was recorded from, to run it on another input; received nothing there`,
        { help: 'Use the inputs that the pack holds, or give the .onnx as the reference.' },
      )
    }
    this.#model ??= openRunnable(file, optionsFor(file, this.threads))
    return { inputs, outputs: await (await this.#model).run(inputs) }
  }

  /** Its layers; undefined where a pack holds none and its model is not there any more. */
  async openTracer(): Promise<LayerTracer | undefined> {
    if (this.pack?.manifest.layers.some(({ member }) => member !== null)) return new PackTracer(this.pack)
    return this.file && openReference(this.file, this.threads === undefined ? {} : { threads: this.threads })
  }

  /** Closes the pack as well that `openPath` opened. */
  async dispose(): Promise<void> {
    try {
      await (await this.#model)?.dispose()
    } finally {
      await this.#ownPack?.close()
    }
  }
}

/** Nothing is said of a file that cannot be read: its opener will. */
async function isArchive(path: string): Promise<boolean> {
  const start = await readStart(path).catch(() => undefined)
  return start !== undefined && sniffContent(start).kind === 'zip'
}

async function readRecorded(pack: Pack): Promise<GoldenRun> {
  const { inputs, recorded } = pack.manifest
  return { inputs: await pack.readAll(inputs), outputs: await pack.readAll(recorded.outputs) }
}

async function recordedFile(pack: Pack): Promise<ModelFile | undefined> {
  try {
    return await ModelFile.from(await findModel(pack))
  } catch (error) {
    if (error instanceof TwinferError) return undefined
    throw error
  }
}

/** What another engine than onnxruntime runs in is no reference below fp32. */
function optionsFor({ engine }: ModelFile, threads: number | undefined) {
  const given = threads === undefined ? {} : { threads }
  return engine === 'onnx' ? given : { ...given, precision: 'fp32' as const }
}
