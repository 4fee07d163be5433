import { TwinferError } from '../errors/TwinferError.js'
import type { DType } from '../tensor/DType.js'
import { Tensor } from '../tensor/Tensor.js'
import type { OnnxRuntime, OnnxSession, OnnxTensor, OnnxValueInfo } from './OnnxRuntime.js'

/** An .onnx on onnxruntime-node, with the part of `Model` that comparing needs. */
export class OnnxModel {
  readonly engine = 'onnx'
  readonly inputs
  readonly outputs
  readonly effective

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly session: OnnxSession,
    readonly loadMs: number,
    threads: number,
  ) {
    this.inputs = describe(session.inputNames, session.inputMetadata)
    this.outputs = describe(session.outputNames, session.outputMetadata)
    this.effective = {
      engine: 'onnx',
      engineVersion: runtime.env.versions?.node ?? runtime.env.versions?.common ?? '',
      backend: 'cpu',
      device: 'cpu',
      requestedPrecision: 'fp32',
      precision: 'fp32',
      threads,
      notes: [],
    } as const
  }

  async run(
    inputs: Readonly<Record<string, Tensor>>,
    { outputs: names = this.session.outputNames }: { outputs?: readonly string[] } = {},
  ): Promise<Readonly<Record<string, Tensor>>> {
    const feeds = Object.entries(inputs).map(([name, { dtype, data, shape }]) => [
      name,
      new this.runtime.Tensor(dtype, data, shape),
    ])
    const outputs = await this.session
      .run(Object.fromEntries(feeds) as Record<string, OnnxTensor>, names)
      .catch((cause: Error) => {
        throw new TwinferError('TWINFER_ENGINE_FAILED', `onnxruntime: ${cause.message}`, { cause })
      })
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { type, data, dims }]) => [
        name,
        new Tensor(data, dims, { dtype: type as DType }),
      ]),
    )
  }

  dispose(): Promise<void> {
    return this.session.release()
  }
}

function describe(names: readonly string[], metadata: readonly OnnxValueInfo[] = []) {
  return names.map((name) => {
    const info = metadata.find((value) => value.name === name)
    const shape = info?.shape?.map((size) => (typeof size === 'number' && size > 0 ? size : -1))
    return { name, shape, dtype: (info?.type ?? 'float32') as DType }
  })
}
