import { identifyModel } from '../../inspect/identifyModel.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { onnxOptions } from '../models/onnxOptions.js'
import { openOptions } from '../models/openOptions.js'
import { requireRunnable } from '../models/requireRunnable.js'

/** What the command line says about how a model runs, for the engine of its file. */
export async function runnableOptions(path: string, options: ModelOptions): Promise<RunnableOptions> {
  const engine = await identifyModel(path)
  if (engine === 'onnx') {
    const { threads, runtime } = onnxOptions(options)
    return {
      ...(threads !== undefined && { threads }),
      ...(runtime !== undefined && { engineOptions: { runtime } }),
    }
  }
  await requireRunnable(path, engine)
  return openOptions(engine, options)
}
