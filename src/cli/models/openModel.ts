import { identifyModel } from '../../inspect/identifyModel.js'
import type { ModelOptions } from './ModelOptions.js'
import { onnxOptions } from './onnxOptions.js'
import { openOptions } from './openOptions.js'
import type { RunnableModel } from './RunnableModel.js'
import { requireRunnable } from './requireRunnable.js'

/** Opens a .param, .mnn or .onnx. What its engine prints, then and later, is added to `log`. */
export async function openModel(path: string, options: ModelOptions, log: string[]): Promise<RunnableModel> {
  const engine = await identifyModel(path)
  if (engine === 'onnx') {
    const { openOnnx } = await import('../../onnx/openOnnx.js')
    return openOnnx(path, onnxOptions(options)) // takes the shapes of what it is given
  }
  await requireRunnable(path, engine)
  const { open } = await import('../../model/index.js')
  return open(path, { ...openOptions(engine, options), logger: ({ text }) => log.push(text) })
}
