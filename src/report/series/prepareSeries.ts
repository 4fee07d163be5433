import { coordinateOf } from '../../compare/coordinateOf.js'
import type { Scores } from '../../compare/plain/Scores.js'
import { float32Values } from '../../tensor/float32Values.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { errorHistogram } from './errorHistogram.js'
import type { OutputSeries } from './OutputSeries.js'
import { sampleScatter } from './sampleScatter.js'
import { worstIndices } from './worstIndices.js'

export interface SeriesOptions {
  /** Elements in the scatter. Default: 2000. */
  readonly points?: number
}

/** Prepares what a report draws of an output. Both tensors have the same number of elements. */
export function prepareSeries(
  reference: Tensor,
  candidate: Tensor,
  { points = 2000 }: SeriesOptions = {},
): OutputSeries {
  const a = float32Values(reference)
  const b = float32Values(candidate)
  const worst = worstIndices(a, b, 10)
  return {
    histogram: errorHistogram(a, b),
    scatter: sampleScatter(a, b, worst, points),
    worst: worst.map((index) => worstElement(index, a, b, reference.shape)),
  }
}

function worstElement(index: number, a: Scores, b: Scores, shape: readonly number[]) {
  return { index, coordinate: coordinateOf(index, shape), reference: a[index]!, value: b[index]! }
}
