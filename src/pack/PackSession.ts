import { measureNoise } from '../compare/judge/noiseFloor.js'
import type { InputPairing } from '../compare/outputs/pairInputs.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import type { Model } from '../model/Model.js'
import type { RunInputs, TensorInfo } from '../model/options.js'
import { digestModel } from '../onnx/digestModel.js'
import type { OnnxModel } from '../onnx/OnnxModel.js'
import type { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { LayerTracer } from '../trace/LayerTracer.js'
import type { ZipMember } from '../zip/ZipArchive.js'
import { describeRun } from './describeRun.js'
import { openLayerTracer, openRunnable, type RunnableOptions } from './openRunnable.js'
import type { PackRun } from './PackManifest.js'
import { storedTensors } from './writePack.js'

/** What `run` takes; or chosen once the model's inputs are known, and (`verify`) which of the pack's they are. */
export type PackInputs = RunInputs | ((infos: readonly TensorInfo[], pairing?: InputPairing) => NamedTensors)

/** One run, and what it takes to store it. */
interface FinishedRun {
  readonly outputs: NamedTensors
  readonly run: PackRun
  /** Of loading, and of the first run. Not in the pack: the same run is to give the same bytes. */
  readonly timing: { readonly loadMs: number; readonly runMs: number }
  readonly members: readonly ZipMember[]
}

/** A model that is open for a pack. */
export class PackSession {
  #record: Promise<ModelRecord> | undefined

  private constructor(
    readonly file: ModelFile,
    readonly model: Model | OnnxModel,
    private readonly options: RunnableOptions,
  ) {}

  static async open(model: ModelSource, options: RunnableOptions): Promise<PackSession> {
    const file = await ModelFile.from(model)
    progress(`opening ${file.name}`)
    return new PackSession(file, await openRunnable(file, options), options)
  }

  /** The sidecar of the model, read when it is asked for. Throws as `ModelRecord.load` does. */
  record(): Promise<ModelRecord> {
    this.#record ??= this.#loadRecord()
    return this.#record
  }

  async #loadRecord(): Promise<ModelRecord> {
    const { ModelRecord } = await import('../preprocess/sidecar/ModelRecord.js')
    return ModelRecord.load(this.file, this.options.sidecar, () => digestModel(this.file))
  }

  get inputs(): readonly TensorInfo[] {
    return this.model.inputs
  }

  /** @param pack the file that the run goes into. @param folder where in it its outputs go. */
  async run(feeds: NamedTensors, repeat: number, pack: string, folder: string): Promise<FinishedRun> {
    const start = performance.now()
    progress(`running ${this.file.name}`, repeat > 1 ? { done: 1, total: repeat } : {})
    const outputs = await this.model.run(feeds)
    const timing = { loadMs: this.model.loadMs, runMs: performance.now() - start }
    const noise = await measureNoise(outputs, repeat, (run) => {
      progress(`running ${this.file.name}`, { done: run, total: repeat })
      return this.model.run(feeds)
    })
    const described = await describeRun(this.file, this.model.effective, pack)
    const { stored, members } = storedTensors(folder, outputs, namesOf(this.model.outputs))
    return { outputs, run: { ...described, noise, outputs: stored }, timing, members }
  }

  async runOnce(feeds: NamedTensors): Promise<NamedTensors> {
    return this.model.run(feeds)
  }

  openTracer(): Promise<LayerTracer> {
    return openLayerTracer(this.file, this.options)
  }

  close(): Promise<void> {
    return this.model.dispose()
  }
}

function namesOf(infos: readonly TensorInfo[]): readonly string[] {
  return infos.map(({ name }) => name)
}
