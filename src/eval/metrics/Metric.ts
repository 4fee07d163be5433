import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { EvalSet, Label } from '../data/EvalSet.js'

/** What a metric keeps of one sample: what JSON holds, because an evaluation that is resumed reads it back. */
export type Measured = unknown

/** One sample, as one model computed it. */
export interface MeasuredSample {
  /** All outputs of the model. */
  readonly outputs: NamedTensors
  /** The output that is judged. */
  readonly output: Tensor
  /** The same of the reference; undefined where there is none, and for the reference itself. */
  readonly reference: Tensor | undefined
  readonly label: Label
  /** The sample's name, for messages. */
  readonly name: string
  readonly place: number
  /** The model's, for messages. */
  readonly model: string
}

/** A metric: what it keeps of each sample, and what follows from all of them. */
export interface Metric {
  readonly name: string
  /** Whether there is nothing to measure without a reference; the reference itself is not measured then. */
  readonly needsReference?: boolean
  /** Whether less is better, as of error rates. Default: false. */
  readonly isLowerBetter?: boolean
  measure(sample: MeasuredSample): Measured | Promise<Measured>
  /** Samples are in the order of the set. */
  summarise(measured: readonly Measured[], context: MetricContext): MetricResult
  /** How a candidate differs from the reference. */
  differ?(
    reference: readonly Measured[],
    candidate: readonly Measured[],
    context: MetricContext,
  ): MetricDifference
}

export interface MetricContext {
  readonly set: EvalSet
  /** Names of the classes, where they are known. */
  readonly classes: readonly string[] | undefined
  /** Of what is drawn at random. */
  readonly seed: number
}

/** A metric over the whole set. */
export interface MetricResult {
  readonly metric: string
  /** Null where the samples leave it open, such as an error rate without a single impostor. */
  readonly value: number | null
  /** The interval of 95 %, and how it comes about; null where there is none. */
  readonly low: number | null
  readonly high: number | null
  readonly interval: 'wilson' | 'bootstrap' | null
  /** How many decisions it is of: samples, pixels or pairs. */
  readonly count: number
  /** More numbers, by name. */
  readonly details?: Readonly<Record<string, number | string | null>>
  readonly classes?: readonly ClassResult[]
}

/** Of the samples or pixels of one class. */
export interface ClassResult {
  readonly index: number
  readonly label: string | null
  readonly count: number
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

/** How a candidate differs from the reference in one metric, on the same samples. */
export interface MetricDifference {
  readonly metric: string
  /** The candidate's value less the reference's. */
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  /** Of McNemar's exact test; null where the bootstrap interval decides. */
  readonly pValue: number | null
  /** Whether it is a difference, on the level of 5 %: else these samples cannot tell the two apart. */
  readonly significant: boolean
  /** Samples that only the reference, or only the candidate, has right. */
  readonly onlyReference?: number
  readonly onlyCandidate?: number
  /** Samples or pixels whose class differs. */
  readonly flips?: number
  readonly confusion?: readonly Confusion[]
}

/** Samples of one class whose answers differ in one way, the most frequent ones first. */
export interface Confusion {
  readonly label: number
  readonly reference: number
  readonly candidate: number
  readonly count: number
  /** The first of them by name, at most three. */
  readonly samples: readonly string[]
}

export function classLabel(classes: readonly string[] | undefined, index: number): string | null {
  return classes?.[index] ?? null
}
