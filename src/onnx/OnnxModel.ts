import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import { nameInputs } from '../model/nameInputs.js'
import type { Precision, RunInputs, TensorInfo } from '../model/options.js'
import type { Tensor } from '../tensor/Tensor.js'
import { describeInputs, describeValues } from './describeValues.js'
import { type GraphPrecision, graphPrecision } from './graph/graphPrecision.js'
import { type OnnxFile, openOnnxFile } from './OnnxFile.js'
import { type OnnxOptions, type OnnxSession, requireOnnxOptions } from './OnnxRuntime.js'
import { feedsFor, runSession } from './runSession.js'

/**
 * Opens an .onnx as the reference: fp32, on the CPU, without graph optimisation unless that is asked for. `effective.backend` says which
 * onnxruntime runs it. Throws TWINFER_MISSING_DEPENDENCY where none is installed, TWINFER_FILE_NOT_FOUND,
 * TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED or TWINFER_MODEL_UNSUPPORTED.
 */
export async function openOnnx(path: string, options: OnnxOptions = {}): Promise<OnnxModel> {
  requireOnnxOptions(options)
  const file = await openOnnxFile(path, options)
  const start = performance.now()
  const session = await file.createSession()
  return new OnnxModel(file, session, performance.now() - start, options.precision)
}

export interface OnnxEffective {
  readonly engine: 'onnx'
  readonly engineVersion: string
  /** The package that runs it. */
  readonly backend: string
  readonly device: 'cpu'
  /** What the file's own types make it compute in: there is nothing to ask for. */
  readonly requestedPrecision: GraphPrecision
  readonly precision: GraphPrecision
  readonly threads: number
  readonly notes: readonly string[]
}

/** An .onnx on onnxruntime, with the part of `Model` that comparing needs. */
export class OnnxModel {
  readonly engine = 'onnx'
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  readonly effective: OnnxEffective
  readonly #extended = new Map<string, Promise<OnnxSession>>()

  /** @internal */
  constructor(
    private readonly file: OnnxFile,
    private readonly session: OnnxSession,
    readonly loadMs: number,
    asked: Precision = 'default',
  ) {
    this.inputs = describeInputs(file.path, file.graph, session.inputMetadata)
    this.outputs = describeValues(file.path, session.outputMetadata)
    const precision = graphPrecision(file.graph)
    this.effective = {
      engine: 'onnx',
      engineVersion: file.runtime.version,
      backend: file.runtime.package.name,
      device: 'cpu',
      requestedPrecision: precision,
      precision,
      threads: file.threads,
      notes: [...file.runtime.notes, ...precisionNotes(precision, asked)],
    }
  }

  /** Throws what `Model.run` throws. Default for `outputs`: all of them; any tensor of the graph will do. */
  async run(
    inputs: RunInputs,
    { outputs = this.session.outputNames }: { readonly outputs?: readonly string[] } = {},
  ): Promise<Readonly<Record<string, Tensor>>> {
    const feeds = feedsFor(this.file.runtime.runtime, this.inputs, nameInputs(this.inputs, inputs))
    return runSession(await this.#sessionFor(outputs), feeds, outputs)
  }

  async dispose(): Promise<void> {
    const others = await Promise.allSettled(this.#extended.values())
    const sessions = others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))
    await Promise.all([this.session, ...sessions].map((session) => session.release()))
  }

  /** A session computes what it was made for: tensors between the nodes need another one, made once. */
  async #sessionFor(outputs: readonly string[]): Promise<OnnxSession> {
    const added = [...new Set(outputs)].filter((name) => !this.session.outputNames.includes(name)).sort()
    if (added.length === 0) return this.session
    const tensors = this.file.graph.nodes.flatMap((node) => node.outputs)
    const unknown = added.find((name) => !tensors.includes(name) || name === '')
    if (unknown !== undefined) this.#refuse(unknown, tensors)
    const key = JSON.stringify(added)
    const session = this.#extended.get(key) ?? this.file.createSession(added)
    this.#extended.set(key, session)
    return session
  }

  #refuse(name: string, tensors: readonly string[]): never {
    const outputs = this.session.outputNames
    throw new TwinferError(
      'TWINFER_UNKNOWN_OUTPUT',
      `expected an output of the model (${outputs.join(', ')}) or another of its tensors, received '${name}'`,
      { help: suggest(name, [...outputs, ...tensors]) },
    )
  }
}

function precisionNotes(precision: GraphPrecision, asked: Precision): readonly string[] {
  const ignored =
    asked === 'default' || asked === 'fp32' || asked === precision
      ? []
      : [`precision: ${asked} was asked for, and onnxruntime runs an .onnx as it is stored, in ${precision}`]
  if (precision === 'fp32') return ignored
  const type = precision === 'fp16' ? 'float16' : 'bfloat16'
  return [
    ...ignored,
    `the file itself computes in ${type}: what is compared with it cannot agree better than ${precision} rounds`,
  ]
}
