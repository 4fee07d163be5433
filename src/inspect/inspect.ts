import { TwinferError } from '../errors/TwinferError.js'
import { identifyModel } from './identifyModel.js'
import type { ModelSummary } from './ModelSummary.js'
import { summariseMnn } from './mnn/summariseMnn.js'
import { summariseNcnn } from './ncnn/summariseNcnn.js'

/**
 * Reads what a model file says about itself: inputs, outputs, layers, versions. Needs no native code and
 * loads no weights.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_INVALID (with a line number or a
 * byte position), TWINFER_MODEL_TRUNCATED, or TWINFER_MODEL_UNSUPPORTED (.onnx).
 */
export async function inspect(path: string): Promise<ModelSummary> {
  switch (await identifyModel(path)) {
    case 'ncnn':
      return summariseNcnn(path)
    case 'mnn':
      return summariseMnn(path)
    case 'onnx':
      throw new TwinferError(
        'TWINFER_MODEL_UNSUPPORTED',
        `${path} is an ONNX model: expected .param or .mnn`,
        {
          help: 'inspect reads ncnn and MNN models. Convert it with pnnx (ncnn) or the MNN converter first.',
        },
      )
  }
}
