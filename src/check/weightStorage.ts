import type { WeightStorage } from './Finding.js'
import { mnnStorage } from './mnn/mnnStorage.js'
import { ncnnStorage } from './ncnn/ncnnStorage.js'
import { checkedEngine, readSource } from './readSource.js'

/**
 * How a .param (with its .bin) or an .mnn stores its weights; of the weights only the tags are read. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export async function weightStorage(path: string): Promise<WeightStorage> {
  const { engine, source } = await readSource(path, await checkedEngine(path))
  return engine === 'ncnn' ? ncnnStorage(source) : mnnStorage(source)
}
