import type { Line } from './covariance.js'

/** What became of scale and offset. */
export interface Normalisation {
  readonly kind: 'same' | 'range' | 'other'
  /** Golden = slope * deployed + offset, for each golden channel. What a change of order brings is taken out. */
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
  /** For a range: which values became which. */
  readonly step: string | null
}

/** The ranges that people give pictures. */
const ranges = [
  { name: '0…255', low: 0, high: 255 },
  { name: '0…1', low: 0, high: 1 },
  { name: '-1…1', low: -1, high: 1 },
] as const

/** Of a golden channel: how far a step may be from one between two ranges, as a share of the range. */
export const exactRangeTolerance = 0.01

/** Halves that are rounded up, in two passes, move the mean by this much of an 8-bit level at most. */
const mostRoundingBias = 0.45

/** A channel's mean and deviation. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
  /** What a step of 8-bit pixels is worth. */
  readonly step: number
}

/**
 * Judges the lines between golden and deployed channels. Where the order changed, the normalisation of one channel met
 * the content of another: that alone makes lines, which cancel around each cycle of the order and are no second fault.
 *
 * @param spreads of the golden channels, to see how much a slope or an offset matters
 * @param isRaw whether the deployed values may be pixels as they were decoded, 0 to 255
 * @param rangeTolerance how far a step may be from one between two ranges, as a share
 * @param smallest what is not told from nothing, as a share of a channel's deviation
 */
export function judgeNormalisation(
  lines: readonly Line[],
  order: readonly number[],
  spreads: readonly Spread[],
  isRaw: boolean,
  smallest: number,
  rangeTolerance = exactRangeTolerance,
): Normalisation {
  const effective = withoutOrder(lines, order)
  const slopes = effective.map(({ slope }) => slope)
  const offsets = effective.map(({ offset }) => offset)
  const isSame = effective.every(({ slope, offset }, c) => {
    const { mean, deviation, step } = spreads[c]!
    if (deviation === 0) return true
    const tolerance = Math.max(smallest, (mostRoundingBias * step) / deviation)
    // The deployed value would be (golden - offset) / slope: how far off that is at the mean, and a deviation away.
    const atMean = Math.abs(offset + (slope - 1) * ((mean - offset) / slope))
    return atMean <= tolerance * deviation && Math.abs(slope - 1) <= tolerance
  })
  if (isSame) return { kind: 'same', slopes, offsets, step: null }
  const step = rangeStep(slopes, offsets, isRaw, rangeTolerance)
  return { kind: step ? 'range' : 'other', slopes, offsets, step }
}

function rangeStep(
  slopes: readonly number[],
  offsets: readonly number[],
  isRaw: boolean,
  rangeTolerance: number,
): string | null {
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length
  const isOne = slopes.every((slope) => Math.abs(slope / mean - 1) < rangeTolerance)
  if (!isOne) return null
  for (const deployed of ranges) {
    for (const golden of ranges) {
      if (deployed === golden) continue
      const width = golden.high - golden.low
      const fits = slopes.every((slope, c) =>
        [
          [deployed.low, golden.low],
          [deployed.high, golden.high],
        ].every(([from, to]) => Math.abs(slope * from! + offsets[c]! - to!) < rangeTolerance * width),
      )
      if (fits) return `${golden.name} became ${deployed.name}`
    }
  }
  // Divided by 255 once too often, or not at all, before mean and deviation: the offsets follow from those. Raw pixels
  // lack the mean as well.
  if (Math.abs(mean / 255 - 1) < rangeTolerance) return 'divided by 255 once too often'
  if (!isRaw && Math.abs(mean * 255 - 1) < rangeTolerance) return 'not divided by 255, or multiplied by it'
  return null
}

/**
 * The lines of a change of order less what the order explains. Content that changed places before it was normalised
 * meets another channel's mean and deviation; once around a cycle of the order, those cancel. What does not is shared
 * evenly among the cycle's channels.
 */
function withoutOrder(lines: readonly Line[], order: readonly number[]): Line[] {
  const result = [...lines]
  const seen = new Set<number>()
  for (let start = 0; start < order.length; start++) {
    if (seen.has(start)) continue
    const cycle = [start]
    for (let c = order[start]!; c !== start; c = order[c]!) cycle.push(c)
    for (const c of cycle) seen.add(c)
    if (cycle.length === 1) continue
    // Golden c from deployed order[c]; deployed order[c] taken for golden order[c]; and so on around.
    let [slope, offset] = [1, 0]
    for (const c of cycle) {
      offset += slope * lines[c]!.offset
      slope *= lines[c]!.slope
    }
    const n = cycle.length
    const each = Math.sign(slope) * Math.abs(slope) ** (1 / n)
    const steps = Math.abs(each - 1) < 1e-9 ? n : (each ** n - 1) / (each - 1)
    for (const c of cycle) result[c] = { ...lines[c]!, slope: each, offset: offset / steps }
  }
  return result
}

/**
 * The same where the deployed input is grey: its channels are mixtures of the golden ones, `weights` for each. With the
 * same mean and deviation a channel keeps the share of itself that makes grey; what it keeps instead is the slope. Only
 * the offset of a range is known from that, so only slopes are judged.
 */
export function judgeGreyNormalisation(weights: readonly (readonly number[])[]): Normalisation | null {
  const shares = [0.299, 0.587, 0.114]
  if (weights.length !== 3) return null
  const slopes = weights.map((row, c) => shares[c]! / row[c]!)
  if (slopes.some((slope) => !Number.isFinite(slope))) return null
  const middle = [...slopes].sort((a, b) => a - b)[1]!
  const isOne = slopes.every((slope) => Math.abs(slope / middle - 1) < 0.08)
  if (isOne && Math.abs(middle - 1) < 0.06) return { kind: 'same', slopes, offsets: [], step: null }
  const step = !isOne
    ? null
    : Math.abs(middle / 255 - 1) < 0.05
      ? 'divided by 255 once too often'
      : Math.abs(middle * 255 - 1) < 0.05
        ? 'not divided by 255, or multiplied by it'
        : null
  return { kind: step ? 'range' : 'other', slopes, offsets: [], step }
}
