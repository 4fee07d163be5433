import type { ModelOptions } from '../models/ModelOptions.js'
import type { CompareRequest } from './CompareRequest.js'

/** The engines' options are for the candidates, save for onnxruntime's, which is seldom one. */
export function referenceOptions({ threads, engineOption = {} }: CompareRequest): ModelOptions {
  const own = Object.entries(engineOption).filter(([name]) => name.startsWith('onnx.'))
  return {
    precision: 'fp32',
    device: 'cpu',
    engineOption: Object.fromEntries(own),
    ...(threads !== undefined && { threads }),
  }
}
