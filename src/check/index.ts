export { explainShift, type ShiftOptions } from './against/explainShift.js'
export { type CheckOptions, check } from './check.js'
export type {
  CheckReport,
  Finding,
  IntegerStorage,
  Severity,
  StoredAs,
  WeightStorage,
} from './Finding.js'
export { type FindingCode, findingCodes } from './FindingCode.js'
export type { ModelWork } from './ModelWork.js'
export { weightStorage, weightStorages } from './weightStorage.js'
export { workOf } from './workOf.js'
