import type { MetricDifference, MetricResult } from './metrics/Metric.js'

/** What came of an evaluation; of the same models, set and options always the same. */
export interface Evaluation {
  readonly data: EvaluatedData
  readonly metrics: readonly string[]
  /** Null where none was given. */
  readonly reference: EvaluatedModel | null
  readonly models: readonly EvaluatedModel[]
}

export interface EvaluatedData {
  readonly path: string
  readonly kind: 'folder' | 'table' | 'arrays'
  /** How many samples ran, and how many the set has. */
  readonly samples: number
  readonly total: number
  /** How many pairs they make; null where the set has none of its own. */
  readonly pairs: number | null
  /** What the samples of a limit, and of the bootstrap, were drawn with. */
  readonly seed: number
  readonly notes: readonly string[]
}

export interface EvaluatedModel {
  readonly model: string
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  /** What really ran: see `Model.effective`. */
  readonly effective: EvaluatedSettings
  /** The output that was judged. */
  readonly output: string
  readonly results: readonly MetricResult[]
  /** How it differs from the reference, by metric; empty of the reference, and without one. */
  readonly differences: readonly MetricDifference[]
  readonly notes: readonly string[]
}

export interface EvaluatedSettings {
  readonly engineVersion: string
  readonly backend: string
  readonly device: string
  readonly precision: string
  readonly requestedPrecision: string
  readonly threads: number
  readonly notes: readonly string[]
}
