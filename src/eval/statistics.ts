/** Bounds of a confidence interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The 97.5 % quantile of the normal distribution: all intervals are of 95 %. */
const z = 1.959963984540054

/**
 * The score interval of a share, of 95 %: E. B. Wilson, Probable inference, the law of succession, and statistical
 * inference, JASA 22 (1927). Unlike p ± 1.96 s it stays within 0 and 1 and holds for shares near them. Null of nothing.
 */
export function wilson(hits: number, count: number): Interval | null {
  if (count === 0) return null
  const share = hits / count
  const centre = share + z ** 2 / (2 * count)
  const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  const scale = 1 + z ** 2 / count
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

/**
 * The two-sided p-value of McNemar's test in its exact form (Q. McNemar, Psychometrika 12, 1947): whether, of the
 * samples that exactly one of two models has right, so uneven a split would come of tossing a coin. It needs no least
 * number of them, as the chi-square form does.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const count = onlyFirst + onlySecond
  const most = Math.min(onlyFirst, onlySecond)
  let logTerm = -count * Math.LN2 // of no success at all, and the following ones from it
  let tail = 0
  for (let hits = 0; hits <= most; hits++) {
    tail += Math.exp(logTerm)
    logTerm += Math.log((count - hits) / (hits + 1))
  }
  return Math.min(1, 2 * tail)
}

const resamplings = 1000

/**
 * The percentile bootstrap of 95 % (B. Efron, Bootstrap methods, 1979): `statistic` of samples drawn with replacement,
 * given as places, a thousand times. The same seed gives the same interval. Null of fewer than two samples, and where
 * the statistic is not defined for most draws.
 */
export function bootstrap(
  count: number,
  statistic: (places: Uint32Array) => number | null,
  seed: number,
): Interval | null {
  if (count < 2) return null
  const random = randomNumbers(seed)
  const places = new Uint32Array(count)
  const values: number[] = []
  for (let draw = 0; draw < resamplings; draw++) {
    for (let i = 0; i < count; i++) places[i] = Math.floor(random() * count)
    const value = statistic(places)
    if (value !== null && Number.isFinite(value)) values.push(value)
  }
  if (values.length < resamplings / 2) return null
  values.sort((a, b) => a - b)
  const at = (share: number) => values[Math.round(share * (values.length - 1))]!
  return { low: at(0.025), high: at(0.975) }
}

/** From 0 up to 1, the same for the same seed: Mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
