export type { ModelEngine } from './identifyModel.js'
export { identifyModel } from './identifyModel.js'
export { inspect } from './inspect.js'
export type { LayerSummary, ModelSummary, TensorSummary, WeightsSummary } from './ModelSummary.js'
