import { powerRatioDb } from '../../format/numbers.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { ClassAxis } from './findClassAxis.js'
import type { Scores } from './Measurement.js'
import { quickError } from './measure.js'
import type { ComparisonPlan } from './planComparison.js'

/** What is measured only where it is asked for. */
export interface Extras {
  readonly topKOverlap?: number | null
  readonly details?: Details
}

interface Details {
  readonly sortedSqnrDb: number | null
  readonly channelFit: ChannelFit
  readonly referenceInt8: number | null
  readonly candidateInt8: number | null
}

export function measureExtras({ reference, candidate, request, topK, details }: ComparisonPlan): Extras {
  if (topK === undefined && !details) return {}
  const [a, b] = [float32Values(reference), float32Values(candidate)]
  const { classes } = request
  return {
    ...(topK !== undefined && { topKOverlap: classes ? overlapOfTopK(a, b, classes, topK) : null }),
    ...(details && { details: measureDetails(a, b, findChannels(reference, candidate)) }),
  }
}

function measureDetails(a: Scores, b: Scores, channels: ReturnType<typeof findChannels>): Details {
  const share = (few: boolean | null) => (few === null ? null : Number(few))
  return {
    sortedSqnrDb: sortedSqnr(a, b),
    channelFit: fitChannels(a, b, channels),
    referenceInt8: share(hasFewValues(a, channels)),
    candidateInt8: share(hasFewValues(b, channels)),
  }
}

/**
 * The candidate as slope * reference + offset, fitted for each channel by least squares over the positions
 * where both are finite. A channel that is constant in the reference has slope 1.
 */
export interface ChannelFit {
  /** SQNR of the candidate once every channel's slope and offset are undone, in dB; see `fitChannels`. */
  readonly sqnrDb: number
  /** The reference's or the candidate's axis whose indices are the channels; null: one fit for all values. */
  readonly axis: number | null
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
}

/**
 * Least squares of candidate = slope * reference + offset in each channel, and the SQNR that is left once they
 * are undone: high where the plain SQNR is low means a missing scale or offset.
 *
 * Undoing divides a channel's residual by its slope, so where the candidate hardly depends on the reference
 * nothing is won: the error of a channel is at most what its mean alone leaves, its variance.
 */
function fitChannels(reference: Scores, candidate: Scores, channels: Channels): ChannelFit {
  const slopes: number[] = []
  const offsets: number[] = []
  let signal = 0
  let noise = 0
  for (let c = 0; c < channels.classes; c++) {
    const fit = fitChannel(reference, candidate, channels, c)
    slopes.push(fit.slope)
    offsets.push(fit.offset)
    signal += fit.signal
    noise += fit.noise
  }
  return { sqnrDb: powerRatioDb(signal, noise), axis: channels.axis, slopes, offsets }
}

function fitChannel(reference: Scores, candidate: Scores, channels: Channels, channel: number) {
  // About the first pair: sums about zero would cancel where the mean is large beside the spread.
  let [n, a0, b0] = [0, 0, 0]
  let [sumA, sumB, sumAA, sumAB, signal] = [0, 0, 0, 0, 0]
  visit(channels, channel, (i) => {
    const a = reference[i]!
    const b = candidate[i]!
    if (!Number.isFinite(a - b)) return
    if (n++ === 0) [a0, b0] = [a, b]
    sumA += a - a0
    sumB += b - b0
    sumAA += (a - a0) * (a - a0)
    sumAB += (a - a0) * (b - b0)
    signal += a * a
  })
  if (n === 0) return { slope: 1, offset: 0, signal: 0, noise: 0 }
  const variance = sumAA - (sumA * sumA) / n
  const slope = variance > 0 ? (sumAB - (sumA * sumB) / n) / variance : 1
  const offset = b0 + sumB / n - slope * (a0 + sumA / n)
  let residual = 0
  visit(channels, channel, (i) => {
    const error = candidate[i]! - (slope * reference[i]! + offset)
    if (Number.isFinite(error)) residual += error * error
  })
  const undone = residual / (slope * slope)
  return { slope, offset, signal, noise: variance > 0 && !(undone < variance) ? variance : undone }
}

function visit({ outer, classes, inner }: Channels, channel: number, look: (index: number) => void): void {
  for (let o = 0; o < outer; o++) {
    const start = (o * classes + channel) * inner
    for (let i = start; i < start + inner; i++) look(i)
  }
}

interface Channels extends ClassAxis {
  readonly axis: number | null
}

/** The channels of [N, C, H, W] (or [N, H, W, C] where that is the layout) and [C, H, W]; else one for all values. */
function findChannels(reference: Tensor, candidate: Tensor): Channels {
  const { shape, layout } = candidate.shape.length > reference.shape.length ? candidate : reference
  const rank = shape.length
  if (rank !== 3 && rank !== 4) return { axis: null, outer: 1, classes: 1, inner: reference.length }
  const axis = layout === 'NHWC' ? rank - 1 : rank - 3
  return {
    axis,
    outer: elementsOf(shape.slice(0, axis)),
    classes: shape[axis]!,
    inner: elementsOf(shape.slice(axis + 1)),
  }
}

const levels = 256
/** Channels must have several times as many elements for the number of distinct values to say anything. */
const leastElements = 4 * levels

/** Whether each channel holds at most 256 distinct finite values, as int8 leaves them; null: too few elements. */
function hasFewValues(values: Scores, channels: Channels): boolean | null {
  if (channels.outer * channels.inner < leastElements) return null
  for (let c = 0; c < channels.classes; c++) {
    if (countsMore(values, channels, c)) return false
  }
  return true
}

function countsMore(values: Scores, { outer, classes, inner }: Channels, channel: number): boolean {
  const found = new Set<number>()
  for (let o = 0; o < outer; o++) {
    const start = (o * classes + channel) * inner
    for (let i = start; i < start + inner; i++) {
      if (Number.isFinite(values[i])) found.add(values[i]!)
      if (found.size > levels) return true
    }
  }
  return false
}

/** Share, over all positions, of the reference's k best classes that are among the candidate's k best. */
function overlapOfTopK(reference: Scores, candidate: Scores, axis: ClassAxis, k: number): number {
  const most = Math.min(k, axis.classes)
  let common = 0
  for (let o = 0; o < axis.outer; o++) {
    for (let i = 0; i < axis.inner; i++) {
      const start = o * axis.classes * axis.inner + i
      const wanted = new Set(bestClasses(reference, start, axis, most))
      for (const found of bestClasses(candidate, start, axis, most)) if (wanted.has(found)) common++
    }
  }
  return common / (axis.outer * axis.inner * most)
}

/** Best first; of equal scores the lower class comes first, and NaN last. */
function bestClasses(scores: Scores, start: number, { classes, inner }: ClassAxis, k: number): number[] {
  const rank = (c: number) => {
    const score = scores[start + c * inner]!
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score
  }
  const best: number[] = []
  for (let c = 0; c < classes; c++) {
    if (best.length === k && !(rank(c) > rank(best[k - 1]!))) continue
    const place = best.findIndex((other) => rank(c) > rank(other))
    best.splice(place < 0 ? best.length : place, 0, c)
    if (best.length > k) best.pop()
  }
  return best
}

/**
 * SQNR of both sides' values in ascending order, in dB: high where the elementwise one is low means that values
 * are right but stand elsewhere (another layout, a permutation). Null where the elementwise one must be.
 */
function sortedSqnr(reference: Scores, candidate: Scores): number | null {
  return quickError(reference.toSorted(), candidate.toSorted()).sqnrDb
}
