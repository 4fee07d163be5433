import { TwinferError } from '../errors/TwinferError.js'
import { isDType } from '../tensor/arrayForDType.js'
import { Tensor } from '../tensor/Tensor.js'
import type { OnnxResults, OnnxSession, OnnxTensor } from './OnnxRuntime.js'

/** Runs once. Throws TWINFER_ENGINE_FAILED, and TWINFER_MODEL_UNSUPPORTED for outputs that are no numbers. */
export async function runSession(
  session: OnnxSession,
  feeds: OnnxResults,
  outputs: readonly string[],
): Promise<Readonly<Record<string, Tensor>>> {
  const results = await session.run(feeds, outputs).catch((cause: Error) => {
    throw new TwinferError('TWINFER_ENGINE_FAILED', `onnxruntime: ${cause.message}`, { cause })
  })
  return Object.fromEntries(outputs.map((name) => [name, tensorOf(name, results[name]!)]))
}

function tensorOf(name: string, { type, data, dims }: OnnxTensor): Tensor {
  if (!isDType(type)) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `output '${name}': expected a tensor of numbers, received ${type}`,
    )
  }
  // Where the runtime has a Float16Array, float16 comes as one.
  const carried = type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data
  return new Tensor(carried, dims, { dtype: type })
}
