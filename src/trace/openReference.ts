import { fileURLToPath } from 'node:url'
import type { OpenOptions } from '../model/OpenOptions.js'
import type { LayerTracer } from './LayerTracer.js'
import { openTracer } from './openTracer.js'

/**
 * Opens what a candidate's layers are to be compared with: an `.onnx` (runs in onnxruntime), or a `.param` or an
 * `.mnn`, which run in fp32.
 *
 * @throws TwinferError what `openTracer` throws; for an `.onnx` TWINFER_MISSING_DEPENDENCY where no onnxruntime is
 *   installed.
 */
export async function openReference(
  model: string | URL,
  { threads }: Pick<OpenOptions, 'threads'> = {},
): Promise<LayerTracer> {
  const options = threads === undefined ? {} : { threads }
  const path = model instanceof URL ? fileURLToPath(model) : model
  if (!path.endsWith('.onnx')) return openTracer(path, { ...options, precision: 'fp32' })
  const { OnnxTracer } = await import('../onnx/OnnxTracer.js')
  return OnnxTracer.open(path, options)
}
