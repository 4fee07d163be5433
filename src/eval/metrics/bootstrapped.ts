import { bootstrap } from '../statistics.js'
import type { MetricDifference, MetricResult } from './Metric.js'

/** A statistic of all samples, or of those at `places`, where a place may occur more than once; null: undefined. */
type Statistic = (places: Uint32Array) => number | null

/** A statistic over `count` samples with its interval. */
export function bootstrapped(
  count: number,
  statistic: Statistic,
  seed: number,
): Pick<MetricResult, 'value' | 'low' | 'high' | 'interval'> {
  const bounds = bootstrap(count, statistic, seed)
  return {
    value: statistic(allOf(count)),
    low: bounds?.low ?? null,
    high: bounds?.high ?? null,
    interval: bounds ? 'bootstrap' : null,
  }
}

/** How far a candidate's statistic is from the reference's, both of the same draws of samples. */
export function bootstrappedDifference(
  metric: string,
  count: number,
  [reference, candidate]: readonly [Statistic, Statistic],
  seed: number,
): MetricDifference {
  const { value, low, high } = bootstrapped(
    count,
    (places) => {
      const [first, second] = [reference(places), candidate(places)]
      return first === null || second === null ? null : second - first
    },
    seed,
  )
  const significant = low !== null && high !== null && (low > 0 || high < 0)
  return { metric, value, low, high, pValue: null, significant }
}

function allOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place)
}
