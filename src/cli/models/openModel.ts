import type { ModelFile } from '../../file/ModelFile.js'
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

/** Opens a .param, .mnn or .onnx, the first two with so many lanes. What its engine prints, then and later, is added to `log`. */
export async function openModel(
  file: ModelFile,
  options: ModelOptions,
  log: string[],
  lanes?: number,
): Promise<RunnableModel> {
  if (file.engine === 'onnx') {
    const { openOnnx } = await import('../../onnx/OnnxModel.js')
    return openOnnx(file.requirePath(), onnxOptions(options)) // takes the shapes of what it is given
  }
  await file.requireKind()
  const { open } = await import('../../model/open.js')
  return open(file, {
    ...openOptions(file.engine, options),
    ...(lanes !== undefined && { lanes }),
    logger: ({ text }) => log.push(text),
  })
}
