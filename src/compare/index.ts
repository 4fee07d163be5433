export * from '../check/index.js'
export { IDENTICAL_DB } from '../format/decibels.js'
export { Tensor, type TensorOptions } from '../tensor/Tensor.js'
export type {
  IsolatingTracer,
  LayerTracer,
  TraceInputs,
  TraceStep,
  VisitLayer,
} from '../trace/LayerTracer.js'
export { openReference } from '../trace/openReference.js'
export { openTracer } from '../trace/openTracer.js'
export type { BlobStatistics, TracedLayer } from '../trace/TracedLayer.js'
export { type TraceOptions, traceLayers } from '../trace/traceLayers.js'
export type { ChannelFit } from './ChannelFit.js'
export type { CompareOptions } from './CompareOptions.js'
export { compareTensors } from './compareTensors.js'
export { compareTensorsAsync } from './compareTensorsAsync.js'
export { type ExplainContext, type Explanation, explain } from './explain.js'
export { floorOf } from './floorOf.js'
export type { GridShare } from './GridShare.js'
export type { JudgeContext } from './JudgeContext.js'
export { judge } from './judge.js'
export { type JudgedAs, judgedPrecision } from './judgedPrecision.js'
export type { LabelComparison } from './labels.js'
export { type CompareLayersOptions, compareLayers } from './layers/compareLayers.js'
export type {
  Divergence,
  LayerComparison,
  LayerError,
  LayersComparison,
} from './layers/LayerComparison.js'
export { lowerOf } from './lowerOf.js'
export { noiseFloor } from './noiseFloor.js'
export type { OutputComparison, WorstElement } from './OutputComparison.js'
export type { OutputPair, OutputPairing } from './OutputPair.js'
export type { PartError, PartErrors } from './PartError.js'
export type { PassRule } from './PassRule.js'
export { pairOutputs } from './pairOutputs.js'
export { parseTolerances, requireKnownOutputs } from './parseTolerances.js'
export type { FailedParts } from './partRules.js'
export { type JudgedPrecision, passRules } from './passRules.js'
export { type QuickError, quickError } from './quickError.js'
export { type Tolerance, toleranceKeys } from './Tolerance.js'
export { type Tolerances, toleranceFor } from './Tolerances.js'
export type { UlpHistogram } from './UlpHistogram.js'
export type { Verdict } from './Verdict.js'
export { type Vote, type VotePair, vote } from './vote.js'
