import { OnnxModel } from './OnnxModel.js'
import type { OnnxOptions } from './OnnxOptions.js'
import { openOnnxFile } from './openOnnxFile.js'

/**
 * Opens an .onnx as the reference: fp32, on the CPU, without graph optimisation. `effective.backend` says which
 * onnxruntime runs it. Throws TWINFER_MISSING_DEPENDENCY where none is installed, TWINFER_FILE_NOT_FOUND,
 * TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID, TWINFER_MODEL_TRUNCATED or TWINFER_MODEL_UNSUPPORTED.
 */
export async function openOnnx(path: string, options: OnnxOptions = {}): Promise<OnnxModel> {
  const file = await openOnnxFile(path, options)
  const start = performance.now()
  const session = await file.createSession()
  return new OnnxModel(file, session, performance.now() - start)
}
