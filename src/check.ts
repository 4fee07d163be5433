// 'twinfer/check': what is wrong with a model file, with nothing run; and what is in it.
export { explainShift, type ShiftOptions } from './check/against/explainShift.js'
export { type CheckOptions, check } from './check/check.js'
export type {
  CheckReport,
  Finding,
  FindingCode,
  IntegerStorage,
  Severity,
  StoredAs,
  WeightStorage,
} from './check/Finding.js'
export { findingCodes } from './check/Finding.js'
export type { ModelWork } from './check/ModelWork.js'
export { weightStorage, weightStorages } from './check/weightStorage.js'
export { workOf } from './check/workOf.js'
export { identifyModel, type ModelEngine } from './inspect/identifyModel.js'
export { inspect } from './inspect/inspect.js'
export type { LayerSummary, ModelSummary, TensorSummary, WeightsSummary } from './inspect/ModelSummary.js'
