import { answering } from '../errors/answering.js'
import { ModelFile, type ModelSource } from './ModelFile.js'
import type { ModelSummary } from './ModelSummary.js'
import type { ModelWork } from './ModelWork.js'
import { type StoredAs, summariseStorages, type WeightStorage } from './storages.js'

/**
 * Reads what a model file says about itself: inputs, outputs, layers, versions. Needs no native code and
 * loads no weights.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID (with a line number or a
 * byte position), TWINFER_MODEL_TRUNCATED, or TWINFER_MODEL_UNSUPPORTED (.onnx).
 */
export const inspect = answering(
  'inspect',
  async function inspect(model: ModelSource): Promise<ModelSummary> {
    return (await ModelFile.from(model)).summary()
  },
)

/**
 * How a .param (with its .bin) or an .mnn stores its weights; of the weights only the tags are read. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export const weightStorage = answering(
  'weightStorage',
  async function weightStorage(model: ModelSource): Promise<WeightStorage> {
    return summariseStorages(await weightStorages(model))
  },
)

/** Every way in which a file stores weights, each once. Throws as `weightStorage` does. */
export const weightStorages = answering(
  'weightStorages',
  async function weightStorages(model: ModelSource): Promise<readonly StoredAs[]> {
    return (await ModelFile.from(model)).storages()
  },
)

/**
 * How much arithmetic a .param or .mnn does, read from the file without its weights. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export const workOf = answering('workOf', async function workOf(model: ModelSource): Promise<ModelWork> {
  return (await ModelFile.from(model)).work()
})
