import type { NativePartSums } from '../native.js'
import { elementsOf } from '../tensor/elementsOf.js'
import { powerRatioDb } from './identicalDb.js'
import type { PartError, PartErrors } from './PartError.js'
import { silence } from './ratios.js'

/** The dimensions that have parts, and their sizes: those of 1 have one part, the whole. */
export function partAxes(shape: readonly number[]): readonly number[] {
  return elementsOf(shape) === 0 ? [] : [...shape.keys()].filter((axis) => shape[axis]! > 1)
}

/** How many standard deviations a gain must be away from 1 to be no chance: there may be 10,000 parts. */
const leastSigmas = 7
/** Fewer elements say nothing of a gain: any error of a single one is a factor. */
const leastForGain = 4
/** A gain nearer to 1 is no matter of parts: the whole output's SQNR tells. */
const leastGainError = 0.01
/** An error this many times the usual one of its peers stands out. */
const outlyingFactor = 8
/** Peers have a scale (RMS) within this factor: what is far larger comes from other sums, with another noise. */
const peerFactor = 30
const leastPeers = 2
/** The peers' noise is known from so many elements: of single values some are exact by chance. */
const leastPeerElements = 8
/** Enough for their median. */
const mostPeersRead = 255
/** No precision asks more of a part. */
const soundDb = 45
/** A part of zeros and few values that are no larger than so many times the usual error may be zero by chance. */
const flushFactor = 6
/** Errors up to this share of the largest value of all are rounding: float32 has 24 bits, two of them are given. */
const roundingShare = 2 ** -22
const mostNamed = 16

export interface Whole {
  readonly referenceMaxAbs: number
  /** Mean square of the reference. */
  readonly meanPower: number
}

/** Looks for parts that are worse than their like; `sums` are those of the dimensions `axes`. */
export function findPartErrors(sums: NativePartSums, axes: readonly number[], whole: Whole): PartErrors {
  const scaled: PartError[] = []
  const outlying: PartError[] = []
  let count = 0
  for (const [i, axisSums] of sums.entries()) {
    const parts = partsOf(axisSums, axes[i]!, whole)
    count += parts.length
    const noise = median(parts.map(({ noise }) => noise))
    scaled.push(...parts.filter((part) => part.isScaled && !isFlushed(part, noise)).map(({ error }) => error))
    outlying.push(...findOutlying(parts).map(({ error }) => error))
  }
  const gainError = ({ gain }: PartError) => Math.abs(gain - 1)
  return {
    scaled: scaled.sort((a, b) => gainError(b) - gainError(a)).slice(0, mostNamed),
    outlying: outlying.sort((a, b) => a.sqnrDb - b.sqnrDb).slice(0, mostNamed),
    count,
  }
}

interface Part {
  readonly error: PartError
  /** Mean squares of the reference and of the error. */
  readonly power: number
  readonly noise: number
  readonly zeroShare: number
  readonly isScaled: boolean
  readonly isRounding: boolean
}

function partsOf(sums: Float64Array, axis: number, { referenceMaxAbs, meanPower }: Whole): readonly Part[] {
  const size = sums.length / 7
  const parts: Part[] = []
  for (let index = 0; index < size; index++) {
    const field = (f: number) => sums[f * size + index]!
    const [elements, zeros, signal, noise, product] = [0, 1, 2, 3, 4].map(field) as [
      number,
      number,
      number,
      number,
      number,
    ]
    if (elements === 0) continue
    const gainError = signal > 0 ? product / signal : 0
    // What is left of the error without the gain's share, and how far that alone would move the gain.
    const rest = Math.max(0, noise - gainError * product) / Math.max(1, elements - 1)
    const sigmas = Math.abs(gainError) / Math.sqrt(rest / signal)
    const isRounding = field(6) <= Math.max(silence, roundingShare * referenceMaxAbs)
    parts.push({
      error: {
        axis,
        index,
        elements,
        sqnrDb: powerRatioDb(signal, noise),
        gain: 1 + gainError,
        maxAbs: field(6),
        referenceMaxAbs: field(5),
        powerShare: signal / elements / meanPower,
      },
      power: signal / elements,
      noise: noise / elements,
      zeroShare: zeros / elements,
      isScaled:
        !isRounding &&
        elements >= leastForGain &&
        Math.abs(gainError) >= leastGainError &&
        sigmas >= leastSigmas,
      isRounding,
    })
  }
  return parts
}

/** After a ReLU, a channel of zeros with a few small values: whether they are there is a matter of noise. */
function isFlushed({ error, zeroShare }: Part, noise: number): boolean {
  return zeroShare >= 0.5 && error.referenceMaxAbs <= flushFactor * Math.sqrt(noise)
}

/** Parts with an error far above the median of their peers, in a stretch of the parts in order of their scale. */
function findOutlying(parts: readonly Part[]): readonly Part[] {
  const ordered = parts.filter(({ power }) => power > 0).sort((a, b) => a.power - b.power)
  const areSingle = parts.every(({ error }) => error.elements === 1)
  let [from, to] = [0, 0]
  const usualAmong = memoised((first, end) => {
    const step = Math.ceil((end - first) / mostPeersRead)
    return usualNoise(ordered.slice(first, end).filter((_, i) => i % step === 0))
  })
  return ordered.filter((part) => {
    // One value says nothing of the scale that it belongs to: the vector is its own scale.
    if (areSingle) [from, to] = [0, ordered.length]
    while (ordered[from]!.power * peerFactor ** 2 < part.power && !areSingle) from++
    while (to < ordered.length && ordered[to]!.power <= part.power * peerFactor ** 2) to++
    if (part.error.sqnrDb >= soundDb || part.isRounding || to - from <= leastPeers) return false
    if (areSingle && to - from <= leastPeerElements) return false
    const { noise, isShare } = usualAmong(from, to)
    return part.noise > outlyingFactor ** 2 * noise * (isShare && !areSingle ? part.power : 1)
  })
}

interface UsualNoise {
  readonly noise: number
  /** Of each part's own power; else it is the same in all. */
  readonly isShare: boolean
}

/** Sums of one layer share their noise; what comes from several layers has noise in proportion to its scale. */
function usualNoise(peers: readonly Part[]): UsualNoise {
  const noises = peers.map(({ noise }) => noise)
  const shares = peers.map(({ noise, power }) => noise / power)
  const isShare = spread(shares) < spread(noises) - 1
  return { noise: median(isShare ? shares : noises), isShare }
}

/** How far most are from their median, as the logarithm of a factor. */
function spread(values: readonly number[]): number {
  const logs = values.filter((value) => value > 0).map(Math.log)
  const middle = median(logs)
  return median(logs.map((value) => Math.abs(value - middle)))
}

/** Keeps the last result: neighbours have the same peers. */
function memoised(compute: (first: number, end: number) => UsualNoise): typeof compute {
  let last: { first: number; end: number; result: UsualNoise } | undefined
  return (first, end) => {
    if (last?.first !== first || last.end !== end) last = { first, end, result: compute(first, end) }
    return last.result
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
