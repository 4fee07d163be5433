import { inputShapesFor } from '../models/inputShapesFor.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import type { CompareRequest } from './CompareRequest.js'

/** The engines' options are for the candidates, save for onnxruntime's, which is seldom one. */
export async function referenceOptions({
  reference,
  threads,
  engineOption = {},
  inputShape,
}: CompareRequest): Promise<ModelOptions> {
  const own = Object.entries(engineOption).filter(([name]) => name.startsWith('onnx.'))
  return {
    precision: 'fp32',
    device: 'cpu',
    engineOption: Object.fromEntries(own),
    ...(inputShape && { inputShape: await inputShapesFor(reference, inputShape, [], []) }),
    ...(threads !== undefined && { threads }),
  }
}
