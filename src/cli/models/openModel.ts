import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../../inspect/content/requireContent.js'
import { sniffContent } from '../../inspect/content/sniffContent.js'
import { nearestFile } from '../../inspect/files/nearestFile.js'
import { readStart } from '../../inspect/files/readStart.js'
import { identifyModel } from '../../inspect/identifyModel.js'
import { weightsBeside, weightsPath } from '../../inspect/ncnn/weightsBeside.js'
import type { DType, Layout } from '../../tensor/DType.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { type ModelOptions, onnxOptions, openOptions } from './ModelOptions.js'

export interface ModelTensor {
  readonly name: string
  readonly shape: readonly number[] | undefined
  readonly dtype: DType
  /** How four dimensions are ordered; NCHW where nothing is said. */
  readonly layout?: Layout
  /** See TensorInfo. */
  readonly unused?: boolean
}

/** What the commands need of a model; `Model` (ncnn, MNN) and `OnnxModel` both are one. */
export interface RunnableModel {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  readonly inputs: readonly ModelTensor[]
  readonly outputs: readonly ModelTensor[]
  readonly effective: EffectiveSettings
  readonly loadMs: number
  run(inputs: Readonly<Record<string, Tensor>>, options?: RunModelOptions): Promise<RunOutputs>
  dispose(): Promise<void>
}

/** The part of `effective` that the command line prints; all of it goes into the JSON. */
export interface EffectiveSettings {
  readonly engineVersion: string
  readonly backend: string
  readonly device: string
  readonly precision: string
  readonly requestedPrecision: string
  readonly threads: number
  readonly notes: readonly string[]
}

export type RunOutputs = Readonly<Record<string, Tensor>>

interface RunModelOptions {
  /** Names of the outputs to compute. Default: all. */
  readonly outputs?: readonly string[]
}

/** Opens a .param, .mnn or .onnx. What its engine prints, then and later, is added to `log`. */
export async function openModel(path: string, options: ModelOptions, log: string[]): Promise<RunnableModel> {
  const engine = await identifyModel(path)
  if (engine === 'onnx') {
    const { openOnnx } = await import('../../onnx/OnnxModel.js')
    return openOnnx(path, onnxOptions(options)) // takes the shapes of what it is given
  }
  await requireRunnable(path, engine)
  const { open } = await import('../../model/open.js')
  return open(path, { ...openOptions(engine, options), logger: ({ text }) => log.push(text) })
}

/** Says in plain words what an engine would only fail on: another kind of file, or a .param without its .bin. */
export async function requireRunnable(path: string, engine: 'ncnn' | 'mnn'): Promise<void> {
  const start = await readStart(path)
  // Binary or text, a .param is one by its content.
  const isBinaryParam = engine === 'ncnn' && sniffContent(start) === 'ncnn-param-bin'
  if (!isBinaryParam) requireContent(start, engine === 'mnn' ? 'mnn' : 'ncnn-param', path)
  if (engine === 'mnn' || !/\.param(\.bin)?$/i.test(path) || (await weightsBeside(path))) return
  const wanted = weightsPath(path)
  const near = await nearestFile(wanted)
  throw new TwinferError('TWINFER_FILE_NOT_FOUND', `no weights beside ${path}: expected ${wanted}`, {
    help:
      near?.toLowerCase().endsWith('.bin') === true
        ? `Did you mean ${near}? The .bin must have the same stem as the .param.`
        : 'Copy the .bin into the same folder, with the same stem as the .param.',
  })
}
