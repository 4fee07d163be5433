import { TwinferError } from '../errors/TwinferError.js'
import { nameInputs } from '../model/nameInputs.js'
import type { RunInputs } from '../model/RunOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { Tensor } from '../tensor/Tensor.js'
import { describeInputs } from './describeInputs.js'
import { describeValues } from './describeValues.js'
import { feedsFor } from './feedsFor.js'
import { type GraphPrecision, graphPrecision } from './graph/graphPrecision.js'
import type { OnnxFile } from './OnnxFile.js'
import type { OnnxSession } from './OnnxRuntime.js'
import { runSession } from './runSession.js'

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

  /** @internal */
  constructor(
    private readonly file: OnnxFile,
    private readonly session: OnnxSession,
    readonly loadMs: number,
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
      notes: [...file.runtime.notes, ...precisionNotes(precision)],
    }
  }

  /** Throws what `Model.run` throws. Default for `outputs`: all of them. */
  async run(
    inputs: RunInputs,
    { outputs = this.session.outputNames }: { readonly outputs?: readonly string[] } = {},
  ): Promise<Readonly<Record<string, Tensor>>> {
    const unknown = outputs.find((name) => !this.session.outputNames.includes(name))
    if (unknown !== undefined) {
      throw new TwinferError(
        'TWINFER_UNKNOWN_OUTPUT',
        `expected an output of the model (${this.session.outputNames.join(', ')}), received '${unknown}'`,
      )
    }
    return runSession(
      this.session,
      feedsFor(this.file.runtime.runtime, this.inputs, nameInputs(this.inputs, inputs)),
      outputs,
    )
  }

  dispose(): Promise<void> {
    return this.session.release()
  }
}

function precisionNotes(precision: GraphPrecision): readonly string[] {
  if (precision === 'fp32') return []
  const type = precision === 'fp16' ? 'float16' : 'bfloat16'
  return [
    `the file itself computes in ${type}: what is compared with it cannot agree better than ${precision} rounds`,
  ]
}
