// 'twinfer/eval': the accuracy of models on a data set, and whether a difference is one.
export type { Label } from './eval/data/EvalSet.js'
export type { EvaluatedData, EvaluatedModel, EvaluatedSettings, Evaluation } from './eval/Evaluation.js'
export { type EvaluateOptions, evaluate } from './eval/evaluate.js'
export type { ClassResult, Confusion, MetricDifference, MetricResult } from './eval/metrics/Metric.js'
export type { OwnMetric } from './eval/metrics/ownMetric.js'
