// 'twinfer/compare': what measures and judges. What has a door of its own ('twinfer/check', 'twinfer/trace',
// 'twinfer/pack') can be had here too, and is loaded when it is called.
import type * as checking from './check.js'
import type * as packs from './pack.js'

export { explainShift, type ShiftOptions } from './check/against/explainShift.js'
export { findingCodes } from './check/Finding.js'
export type {
  CheckOptions,
  CheckReport,
  Finding,
  FindingCode,
  IntegerStorage,
  ModelWork,
  Severity,
  StoredAs,
  WeightStorage,
} from './check.js'
export { type ExplainContext, type Explanation, explain } from './compare/judge/explain.js'
export type { Verdict } from './compare/judge/judge.js'
export { judge } from './compare/judge/judge.js'
export { noiseFloor } from './compare/judge/noiseFloor.js'
export {
  parseTolerances,
  requireKnownOutputs,
  type Tolerance,
  type Tolerances,
  toleranceFor,
  toleranceKeys,
} from './compare/judge/parseTolerances.js'
export type { FailedParts } from './compare/judge/partRules.js'
export type { JudgeContext, PassRule } from './compare/judge/passRules.js'
export {
  floorOf,
  type JudgedAs,
  type JudgedPrecision,
  judgedPrecision,
  lowerOf,
  passRules,
} from './compare/judge/passRules.js'
export { type Vote, type VotePair, vote } from './compare/judge/vote.js'
export { type CompareLayersOptions, compareLayers } from './compare/layers/compareLayers.js'
export type {
  Divergence,
  LayerComparison,
  LayerError,
  LayersComparison,
} from './compare/layers/LayerComparison.js'
export { compareTensors, compareTensorsAsync } from './compare/measure/compareTensors.js'
export type { LabelComparison } from './compare/measure/labels.js'
export { type QuickError, quickError } from './compare/measure/measure.js'
export type { ChannelFit } from './compare/measure/measureExtras.js'
export type {
  GridShare,
  OutputComparison,
  UlpHistogram,
  WorstElement,
} from './compare/measure/OutputComparison.js'
export type { PartError, PartErrors } from './compare/measure/PartReader.js'
export type { CompareOptions } from './compare/measure/planComparison.js'
export type { OutputPair, OutputPairing } from './compare/outputs/PartnerSearch.js'
export { pairOutputs } from './compare/outputs/pairOutputs.js'
export { IDENTICAL_DB } from './format/numbers.js'
export { Pack } from './pack/Pack.js'
export type * from './pack/PackManifest.js'
export type {
  DeployedVerdict,
  LayerChoice,
  OverflowForecast,
  PackInputs,
  PackNotice,
  PackVerdict,
  RecordOptions,
  RejudgeOptions,
  VerifyOptions,
  ZipLimits,
} from './pack.js'
export * from './trace.js'

export const check: typeof checking.check = async (...given) => (await import('./check.js')).check(...given)
export const weightStorage: typeof checking.weightStorage = async (...given) =>
  (await import('./check.js')).weightStorage(...given)
export const weightStorages: typeof checking.weightStorages = async (...given) =>
  (await import('./check.js')).weightStorages(...given)
export const workOf: typeof checking.workOf = async (...given) =>
  (await import('./check.js')).workOf(...given)
export const record: typeof packs.record = async (...given) => (await import('./pack.js')).record(...given)
export const recordedModel: typeof packs.recordedModel = async (...given) =>
  (await import('./pack.js')).recordedModel(...given)
export const rejudge: typeof packs.rejudge = async (...given) => (await import('./pack.js')).rejudge(...given)
export const verify: typeof packs.verify = async (...given) => (await import('./pack.js')).verify(...given)
