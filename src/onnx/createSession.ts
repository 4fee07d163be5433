import { TwinferError } from '../errors/TwinferError.js'
import type { OnnxSession, OnnxSessionOptions } from './OnnxRuntime.js'
import type { LoadedRuntime } from './runtime/LoadedRuntime.js'

/**
 * A session that computes what the file says: on the CPU and without graph optimisation, whose fusions move
 * results by the last bits. `path` is for messages. Throws TWINFER_MODEL_INVALID where the file is refused.
 */
export async function createSession(
  { runtime, package: { provider } }: LoadedRuntime,
  path: string,
  model: string | Uint8Array,
  threads: number,
  options: Partial<OnnxSessionOptions> = {},
): Promise<OnnxSession> {
  try {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: threads,
      logSeverityLevel: 4,
      ...options,
    })
    return session
  } catch (cause) {
    throw new TwinferError(
      'TWINFER_MODEL_INVALID',
      `onnxruntime cannot load ${path}: ${(cause as Error).message}`,
      { cause, help: 'Check the file, and the version of onnxruntime against its opset.' },
    )
  }
}
