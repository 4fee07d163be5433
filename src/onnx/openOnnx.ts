import { TwinferError } from '../errors/TwinferError.js'
import { OnnxModel } from './OnnxModel.js'
import type { OnnxRuntime } from './OnnxRuntime.js'

/** A variable, so that TypeScript does not look for a package that is optional. */
const packageName = 'onnxruntime-node'

/**
 * Opens an .onnx with onnxruntime-node, as the reference: fp32, on the CPU, without graph optimisation (its
 * fusions move results by the last bits). Throws TWINFER_MISSING_DEPENDENCY where it is not installed, and
 * TWINFER_MODEL_INVALID where it refuses the file.
 */
export async function openOnnx(path: string, { threads = 1 }: { threads?: number } = {}): Promise<OnnxModel> {
  const runtime = await importRuntime(path)
  const start = performance.now()
  try {
    const session = await runtime.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: threads,
    })
    return new OnnxModel(runtime, session, performance.now() - start, threads)
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `onnxruntime cannot load ${path}: ${(cause as Error).message}`,
      {
        cause,
        help: 'Check the file, or the version of onnxruntime-node against its opset.',
      },
    )
  }
}

async function importRuntime(path: string): Promise<OnnxRuntime> {
  try {
    const module = (await import(packageName)) as OnnxRuntime & { default?: OnnxRuntime }
    return module.default ?? module
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    const detail = missing ? 'is not installed' : `does not load: ${(cause as Error).message}`
    throw new TwinferError('TWINFER_MISSING_DEPENDENCY', `${path} needs onnxruntime-node, which ${detail}`, {
      cause,
      help: 'Install it with `ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node` (the variable skips its CUDA download).',
    })
  }
}
