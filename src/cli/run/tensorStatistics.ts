/** `min`, `max` and `mean` are over the finite values; null where there are none. */
export interface TensorStatistics {
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly nan: number
  readonly inf: number
}

export function tensorStatistics(values: ArrayLike<number>): TensorStatistics {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  let sum = 0
  let nan = 0
  let inf = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) nan += 1
    else if (!Number.isFinite(value)) inf += 1
    else {
      if (value < min) min = value
      if (value > max) max = value
      sum += value
    }
  }
  const finite = values.length - nan - inf
  return finite === 0
    ? { min: null, max: null, mean: null, nan, inf }
    : { min, max, mean: sum / finite, nan, inf }
}
