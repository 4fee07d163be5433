import { answering } from '../errors/answering.js'
import type { ModelSummary } from '../inspect/ModelSummary.js'
import { ModelFile, type ModelSource } from './ModelFile.js'

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
