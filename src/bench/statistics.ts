// What is made of the times that were measured. Pure functions: test/bench/statistics.ts has the right values.

/** The value below which this share of the values lies, between neighbours as NumPy's default has it. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (high - low) * (place - below)
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

/** How far apart rounds are, without the most extreme tenth at either end: a share of their median. Null for one round. */
export function spreadOf(rounds: readonly number[]): number | null {
  if (rounds.length < 2) return null
  return (quantile(rounds, 0.9) - quantile(rounds, 0.1)) / median(rounds)
}

/** Nobody would choose a setting for less, and no clock of a machine with other work tells it. */
const leastDifference = 0.02

/**
 * Whether two settings that took turns differ: by the ratios of neighbours in the rounds, as what slows a whole round
 * down slows both. Equal where less than nine tenths of the rounds agree on which is faster, or by how little they differ.
 */
export function areEqual(one: readonly number[], other: readonly number[]): boolean {
  const count = Math.min(one.length, other.length)
  const ratios = Array.from({ length: count }, (_, round) => one[round]! / other[round]!)
  if (count < 2 || Math.abs(median(ratios) - 1) < leastDifference) return true
  return quantile(ratios, 0.1) <= 1 && quantile(ratios, 0.9) >= 1
}

/**
 * The place of each setting by the medians of its rounds, from 1. Those that are equal to the fastest of a place share it;
 * null for a setting without rounds.
 */
export function rankOf(settings: readonly (readonly number[])[]): readonly (number | null)[] {
  const ranks: (number | null)[] = settings.map(() => null)
  const measured = [...settings.keys()].filter((at) => settings[at]!.length > 0)
  const order = measured.sort((a, b) => median(settings[a]!) - median(settings[b]!))
  let rank = 0
  let leader: readonly number[] | undefined
  for (const at of order) {
    if (leader === undefined || !areEqual(leader, settings[at]!)) {
      rank++
      leader = settings[at]!
    }
    ranks[at] = rank
  }
  return ranks
}

interface Point {
  /** What is less is better; null where it was not measured. */
  readonly time: number | null
  /** What is more is better. */
  readonly db: number | null
}

/** Which points no other beats: none is as fast and as exact, and better in one of the two. */
export function paretoFront(points: readonly Point[]): readonly boolean[] {
  return points.map(({ time, db }) => {
    if (time === null || db === null) return false
    return !points.some((other) => {
      if (other.time === null || other.db === null) return false
      return other.time <= time && other.db >= db && (other.time < time || other.db > db)
    })
  })
}

/** Blocks that have to agree before a warm-up is over, and by how much. */
const steadyBlocks = 3
const steadyWithin = 0.05

/** Whether the medians of the last blocks of a warm-up agree. */
export function isSteady(blocks: readonly number[]): boolean {
  if (blocks.length < steadyBlocks) return false
  const last = blocks.slice(-steadyBlocks)
  return Math.max(...last) <= Math.min(...last) * (1 + steadyWithin)
}

/** The order of a round: all settings, each round begun by the next, so that nobody always runs behind the same other. */
export function roundOrder(count: number, round: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => (at + round) % count)
}
