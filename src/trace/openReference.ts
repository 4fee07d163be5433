import { fileURLToPath } from 'node:url'
import { answering } from '../errors/answering.js'
import { identifyModel } from '../inspect/identifyModel.js'
import type { OnnxOptions } from '../onnx/OnnxOptions.js'
import type { LayerTracer } from './LayerTracer.js'
import { openTracer } from './openTracer.js'

/**
 * Opens what a candidate's layers are to be compared with: an `.onnx` (runs in onnxruntime), or a `.param` or an
 * `.mnn`, which run in fp32.
 *
 * @throws TwinferError what `openTracer` throws; for an `.onnx` TWINFER_MISSING_DEPENDENCY where no onnxruntime is
 *   installed.
 */
export const openReference = answering(
  'openReference',
  async function openReference(model: string | URL, options: OnnxOptions = {}): Promise<LayerTracer> {
    const path = model instanceof URL ? fileURLToPath(model) : model
    const engine = await identifyModel(path)
    if (engine !== 'onnx') {
      const { threads } = options
      return openTracer(path, { engine, precision: 'fp32', ...(threads !== undefined && { threads }) })
    }
    const { OnnxTracer } = await import('./OnnxTracer.js')
    return OnnxTracer.open(path, options)
  },
)
