// 'twinfer/check': what is wrong with a model file, with nothing run; and what is in it.
export { explainShift, type ShiftOptions } from './check/against/explainShift.js'
export { type CheckOptions, check } from './check/check.js'
export type {
  CheckReport,
  Finding,
  FindingCode,
  Severity,
} from './check/Finding.js'
export { findingCodes } from './check/Finding.js'
export type { ModelEngine } from './file/identifyModel.js'
export { inspect, weightStorage, weightStorages, workOf } from './file/inspect.js'
export { ModelFile, type ModelFileOptions, type ModelSource } from './file/ModelFile.js'
export type { LayerSummary, ModelSummary, TensorSummary, WeightsSummary } from './file/ModelSummary.js'
export type { ModelWork } from './file/ModelWork.js'
export type { IntegerStorage, StoredAs, WeightStorage } from './file/storages.js'
