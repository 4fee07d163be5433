import { coordinateOf } from './coordinateOf.js'
import type { Measurement } from './Measurement.js'
import type { WorstElement } from './OutputComparison.js'

/** The element to look at first, with its place in the shape. */
export function worstElement(
  { worst }: Pick<Measurement, 'worst'>,
  shape: readonly number[],
): WorstElement | null {
  return worst && { ...worst, coordinate: coordinateOf(worst.index, shape) }
}
