import type { ModelEngine } from '../inspect/identifyModel.js'
import type { Model, OpenOptions } from '../model/index.js'
import type { OnnxModel } from '../onnx/OnnxModel.js'
import type { OnnxOptions } from '../onnx/OnnxOptions.js'
import type { LayerTracer } from '../trace/LayerTracer.js'

/** How a model is opened: as `open()` takes it; for an .onnx, `engineOptions.runtime` is 'node' or 'web'. */
export type RunnableOptions = Pick<
  OpenOptions,
  'precision' | 'threads' | 'device' | 'engineOptions' | 'inputShapes' | 'logger'
>

/** Engines are loaded when one is needed: judging a pack of an .onnx needs no onnxruntime. */
export async function openRunnable(
  path: string,
  engine: ModelEngine,
  options: RunnableOptions,
): Promise<Model | OnnxModel> {
  if (engine === 'onnx') {
    const { openOnnx } = await import('../onnx/openOnnx.js')
    return openOnnx(path, onnxOptions(options))
  }
  const { open } = await import('../model/open.js')
  return open(path, { ...options, engine })
}

export async function openLayerTracer(
  path: string,
  engine: ModelEngine,
  options: RunnableOptions,
): Promise<LayerTracer> {
  if (engine === 'onnx') {
    const { OnnxTracer } = await import('../trace/OnnxTracer.js')
    return OnnxTracer.open(path, onnxOptions(options))
  }
  const { openTracer } = await import('../trace/openTracer.js')
  return openTracer(path, { ...options, engine })
}

function onnxOptions({ threads, engineOptions = {} }: RunnableOptions): OnnxOptions {
  return { ...engineOptions, ...(threads !== undefined && { threads }) }
}
