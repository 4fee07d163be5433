import { powerRatioDb } from '../format/decibels.js'
import type { ChannelFit } from './ChannelFit.js'
import type { Channels } from './findChannels.js'
import type { Scores } from './plain/Scores.js'

/**
 * Least squares of candidate = slope * reference + offset in each channel, and the SQNR that is left once they
 * are undone: high where the plain SQNR is low means a missing scale or offset.
 *
 * Undoing divides a channel's residual by its slope, so where the candidate hardly depends on the reference
 * nothing is won: the error of a channel is at most what its mean alone leaves, its variance.
 */
export function fitChannels(reference: Scores, candidate: Scores, channels: Channels): ChannelFit {
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
