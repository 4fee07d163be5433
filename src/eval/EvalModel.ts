import { pairOutputs } from '../compare/outputs/pairOutputs.js'
import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import type { ModelDigest } from '../file/FileOrBytes.js'
import type { ModelFile } from '../file/ModelFile.js'
import type { TensorInfo } from '../model/options.js'
import { digestModel } from '../onnx/digestModel.js'
import { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import type { OutputMeaning } from '../preprocess/sidecar/Sidecar.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { EvaluatedModel, EvaluatedSettings } from './Evaluation.js'
import type { FedModel } from './Feeder.js'

/** What an evaluation needs of a model; `Model` and `OnnxModel` both are one. */
interface Runnable {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly { readonly name: string }[]
  readonly effective: EvaluatedSettings
  run(inputs: NamedTensors): Promise<NamedTensors>
  dispose(): Promise<void>
}

/** A model that is open, and its file. */
export interface OpenedModel {
  readonly file: ModelFile
  readonly model: Runnable
  /** The record of its inputs: a file. Default: beside the model. */
  readonly sidecar?: string | undefined
}

const judgedMeanings: readonly OutputMeaning[] = ['logits', 'probabilities', 'mask', 'embedding']

/** An open model with its sidecar, and which of its outputs is judged. */
export class EvalModel implements FedModel {
  #judged: string | undefined
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly opened: OpenedModel,
    readonly record: ModelRecord,
    private readonly digest: ModelDigest,
    private readonly wanted: string | undefined,
    readonly isReference: boolean,
  ) {}

  /** Throws what reading its files throws. `wanted` names an output, of this model or of the reference. */
  static async of(opened: OpenedModel, wanted: string | undefined, isReference: boolean): Promise<EvalModel> {
    const { file, sidecar } = opened
    const digest = await digestModel(file)
    const record = await ModelRecord.load(file, sidecar, async () => digest)
    return new EvalModel(opened, record, digest, wanted, isReference)
  }

  get name(): string {
    return this.opened.file.path ?? this.opened.file.name
  }

  get inputs(): readonly TensorInfo[] {
    return this.opened.model.inputs
  }

  /** Names of the classes, where the sidecar has them. */
  get labels(): readonly string[] | undefined {
    const outputs = Object.values(this.record.sidecar?.outputs ?? {})
    return outputs.map(({ labels }) => labels).find((labels) => typeof labels === 'object')
  }

  /** The name of the output that is judged, once one ran. */
  get output(): string {
    return this.#judged ?? this.#known() ?? ''
  }

  /** What a result of this model depends on. */
  get identity(): unknown {
    const { engine, effective } = this.opened.model
    const { engineVersion, backend, device, precision } = effective
    return [this.digest.sha256, engine, engineVersion, backend, device, precision, this.record.sidecar]
  }

  /** May be called while other runs are under way. Those of onnxruntime, which has all cores for one, take turns. */
  run(feeds: NamedTensors): Promise<NamedTensors> {
    const { model } = this.opened
    if (model.engine !== 'onnx') return model.run(feeds)
    const own = this.#turn.then(() => model.run(feeds))
    this.#turn = own.catch(() => {})
    return own
  }

  /**
   * The output that is judged: the one that was asked for, what the sidecar says, the only one, or the partner of the
   * reference's. Throws TWINFER_UNKNOWN_OUTPUT where that is open.
   */
  judged(outputs: NamedTensors, reference: { outputs: NamedTensors; name: string } | undefined): Tensor {
    this.#judged ??= this.#known() ?? this.#partner(outputs, reference) ?? this.#refuse()
    return outputs[this.#judged]!
  }

  description(): Omit<EvaluatedModel, 'results' | 'differences'> {
    const { engine, effective } = this.opened.model
    // Without what differs from run to run, and is no part of a result.
    const { engineVersion, backend, device, precision, requestedPrecision, threads, notes } = effective
    return {
      model: this.name,
      engine,
      effective: { engineVersion, backend, device, precision, requestedPrecision, threads, notes },
      output: this.output,
      notes: this.record.warnings.filter((warning) => !notes.includes(warning)),
    }
  }

  #known(): string | undefined {
    const names = this.opened.model.outputs.map(({ name }) => name)
    if (this.wanted !== undefined && names.includes(this.wanted)) return this.wanted
    const described = this.record.sidecar?.outputs ?? {}
    const meant = names.find(
      (name) => Object.hasOwn(described, name) && judgedMeanings.includes(described[name]!.meaning),
    )
    if (this.wanted === undefined && meant !== undefined) return meant
    return names.length === 1 && (this.wanted === undefined || !this.isReference) ? names[0] : undefined
  }

  #partner(
    outputs: NamedTensors,
    reference: { outputs: NamedTensors; name: string } | undefined,
  ): string | undefined {
    if (reference === undefined) return undefined
    const { pairs } = pairOutputs(reference.outputs, outputs)
    return pairs.find((pair) => pair.reference === reference.name)?.candidate
  }

  #refuse(): never {
    const names = this.opened.model.outputs.map(({ name }) => name)
    const received = this.wanted === undefined ? 'none' : `'${this.wanted}'`
    throw new TwinferError(
      'TWINFER_UNKNOWN_OUTPUT',
      `${this.name}: expected the name of the output to judge (${names.join(', ')}), received ${received}`,
      { help: this.wanted === undefined ? 'Say it with --output.' : suggest(this.wanted, names) },
    )
  }
}
