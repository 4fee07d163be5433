import type { WorstElement } from '../../compare/OutputComparison.js'

/** What is drawn of an output: small, whatever the size of the tensors. */
export interface OutputSeries {
  readonly histogram: ErrorHistogram
  readonly scatter: Scatter
  /** Largest error first; elements of which only one side is a finite number before all others. */
  readonly worst: readonly WorstElement[]
}

/** Elements by error (candidate - reference), in bins of equal width round zero. Only finite errors. */
export interface ErrorHistogram {
  /** The bins cover -limit to limit; 0 where nothing differs, and then there is one bin. */
  readonly limit: number
  readonly counts: readonly number[]
}

/** A sample of the elements where both sides are finite, by rising reference; the worst ones are in it. */
export interface Scatter {
  readonly indices: readonly number[]
  readonly reference: readonly number[]
  readonly candidate: readonly number[]
  /** How many elements there were to choose from. */
  readonly of: number
}
