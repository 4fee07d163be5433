import { answering } from '../errors/answering.js'
import { parseMnn } from '../inspect/mnn/reportMnn.js'
import type { StoredAs, WeightStorage } from './Finding.js'
import { storagesOfMnn } from './mnn/mnnWeights.js'
import { ncnnStorages } from './ncnn/ncnnStorages.js'
import { checkedEngine, readSource } from './readSource.js'

/**
 * How a .param (with its .bin) or an .mnn stores its weights; of the weights only the tags are read. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export const weightStorage = answering(
  'weightStorage',
  async function weightStorage(path: string): Promise<WeightStorage> {
    return summariseStorages(await weightStorages(path))
  },
)

/** Every way in which a file stores weights, each once. Throws as `weightStorage` does. */
export async function weightStorages(path: string): Promise<readonly StoredAs[]> {
  const source = await readSource(path, await checkedEngine(path))
  return source.engine === 'ncnn'
    ? ncnnStorages(source)
    : storagesOfMnn(parseMnn(source.content, source.file))
}

export function summariseStorages(storages: readonly StoredAs[]): WeightStorage {
  const [storage = 'none', ...others] = storages
  return others.length > 0 ? 'mixed' : storage
}
