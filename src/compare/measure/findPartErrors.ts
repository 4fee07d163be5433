import { powerRatioDb } from '../../format/numbers.js'
import type { NativePartSums, NativeSums } from '../../native/NativeMetrics.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { silence } from './Measurement.js'
import { mostRead, type PartError, type PartErrors, type PartFit, type PartReader } from './PartReader.js'

/** The dimensions that have parts, and their sizes: those of 1 have one part, the whole. */
export function partAxes(shape: readonly number[]): readonly number[] {
  return elementsOf(shape) === 0 ? [] : [...shape.keys()].filter((axis) => shape[axis]! > 1)
}

/**
 * How many standard deviations a gain or a slope must be away from 1 to be no chance, since there may be 10,000 parts;
 * and how many more, divided by the number of values that it rests on: Student's distribution has long tails for few.
 */
const leastSigmas = 5
const fewSigmas = 20
/** Fewer elements say nothing of a gain: any error of a single one is a factor. */
const leastForGain = 4
/** A gain nearer to 1 is no matter of parts: the whole output's SQNR tells. */
const leastGainError = 0.05
/** Fewer elements say nothing of a slope, which leaves two degrees of freedom less. */
const leastForSlope = 8
/** Parts are read again for their slope only below these 25 dB, as a ratio of powers. */
const readRatio = 10 ** 2.5
/** An error this many times the usual one of its peers stands out. */
const outlyingFactor = 8
/** Peers have a scale (RMS) within this factor: what is far larger comes from other sums, with another noise. */
const peerFactor = 30
const leastPeers = 2
/** The peers' noise is known from so many elements: of single values some are exact by chance. */
const leastPeerElements = 8
/** Enough for their median. */
const mostPeersRead = 255
/** No precision asks more of a part than these 45 dB, as a ratio of powers. */
const soundRatio = 10 ** 4.5
/** A part of zeros and few values that are no larger than so many times the usual error may be zero by chance. */
const flushFactor = 6
/** Errors up to this share of the largest value of all are rounding: float32 has 24 bits, two of them are given. */
const roundingShare = 2 ** -22
const mostNamed = 16
/** Elements that are read again in one dimension: a tenth of a second, where all of a large output is wrong. */
const mostReadOfAll = 2 ** 22

interface Whole {
  readonly referenceMaxAbs: number
  /** Mean square of the reference. */
  readonly meanPower: number
}

export function wholeOf({ referenceMaxAbs, referencePower, finite }: NativeSums): Whole {
  return { referenceMaxAbs, meanPower: referencePower / finite }
}

/** Looks for parts that are worse than their like; `sums` are those of the dimensions `axes`. */
export function findPartErrors(
  sums: NativePartSums,
  axes: readonly number[],
  whole: Whole,
  reader: PartReader,
): PartErrors {
  const scaled: PartError[] = []
  const garbled: PartError[] = []
  const outlying: PartError[] = []
  let count = 0
  for (const [i, axisSums] of sums.entries()) {
    const parts = new Parts(axisSums, axes[i]!, whole, reader)
    count += parts.present.length
    scaled.push(...findScaled(parts))
    garbled.push(...findGarbled(parts))
    outlying.push(...findOutlying(parts))
  }
  const gainError = ({ gain }: PartError) => Math.abs(gain - 1)
  return {
    scaled: scaled.sort((a, b) => gainError(b) - gainError(a)).slice(0, mostNamed),
    garbled: garbled.sort((a, b) => Math.abs(b.slope! - 1) - Math.abs(a.slope! - 1)).slice(0, mostNamed),
    outlying: outlying.sort((a, b) => a.sqnrDb - b.sqnrDb).slice(0, mostNamed),
    count,
  }
}

/**
 * The sums of one dimension, read by index: there may be 10,000 parts, of which hardly one is looked at twice, so
 * nothing is made of a part before it stands out.
 */
class Parts {
  /** The indices that have finite elements. */
  readonly present: readonly number[]
  readonly #sums: Float64Array
  readonly #size: number
  readonly #axis: number
  readonly #whole: Whole
  readonly #reader: PartReader

  constructor(sums: Float64Array, axis: number, whole: Whole, reader: PartReader) {
    this.#sums = sums
    this.#size = sums.length / 7
    this.#axis = axis
    this.#whole = whole
    this.#reader = reader
    const present: number[] = []
    for (let index = 0; index < this.#size; index++) if (sums[index]! > 0) present.push(index)
    this.present = present
  }

  elements(index: number): number {
    return this.#sums[index]!
  }

  zeroShare(index: number): number {
    return this.#sums[this.#size + index]! / this.elements(index)
  }

  /** Sum of the squares of the reference. */
  #signal(index: number): number {
    return this.#sums[2 * this.#size + index]!
  }

  /** Sum of the squares of the error. */
  #error(index: number): number {
    return this.#sums[3 * this.#size + index]!
  }

  /** Mean square of the reference. */
  power(index: number): number {
    return this.#signal(index) / this.elements(index)
  }

  /** Mean square of the error. */
  noise(index: number): number {
    return this.#error(index) / this.elements(index)
  }

  referenceMaxAbs(index: number): number {
    return this.#sums[5 * this.#size + index]!
  }

  #maxAbs(index: number): number {
    return this.#sums[6 * this.#size + index]!
  }

  isRounding(index: number): boolean {
    return this.#maxAbs(index) <= Math.max(silence, roundingShare * this.#whole.referenceMaxAbs)
  }

  isSound(index: number): boolean {
    return this.#error(index) * soundRatio <= this.#signal(index)
  }

  /** What the gain differs from 1 by. */
  gainError(index: number): number {
    const signal = this.#signal(index)
    return signal > 0 ? this.#sums[4 * this.#size + index]! / signal : 0
  }

  /** By the sums alone, as if the error were the same in all values. */
  mayBeScaled(index: number): boolean {
    const gainError = this.gainError(index)
    if (Math.abs(gainError) < leastGainError || this.isRounding(index)) return false
    const elements = this.elements(index)
    if (elements < leastForGain) return false
    // What is left of the error without the gain's share, and how far that alone would move the gain.
    const explained = gainError * gainError * this.#signal(index)
    const rest = Math.max(0, this.#error(index) - explained) / (elements - 1)
    return Math.abs(gainError) >= leastSigmas * Math.sqrt(rest / this.#signal(index))
  }

  /** Where less of the error is left, a slope that is off by enough to fail had too little variance to matter. */
  mayBeGarbled(index: number): boolean {
    if (this.elements(index) < leastForSlope || this.isRounding(index)) return false
    return this.#error(index) * readRatio > this.#signal(index)
  }

  /** The line through its values, where its slope differs from 1 by more than chance. */
  fit(index: number, hasOffset: boolean): PartFit | undefined {
    const fit = this.#reader.fit(this.#axis, index, hasOffset)
    if (!fit) return undefined
    const error = Math.abs(fit.slope - 1)
    const limit = (leastSigmas + fewSigmas / fit.values) * fit.deviation
    return error >= leastGainError && error >= limit ? fit : undefined
  }

  describe(index: number): PartError {
    return {
      axis: this.#axis,
      index,
      elements: this.elements(index),
      sqnrDb: powerRatioDb(this.#signal(index), this.#error(index)),
      gain: 1 + this.gainError(index),
      maxAbs: this.#maxAbs(index),
      referenceMaxAbs: this.referenceMaxAbs(index),
      powerShare: this.power(index) / this.#whole.meanPower,
    }
  }
}

/** The first that are enough to name, in this order: where everything is wrong, that is known without reading it all. */
function findFirst(
  order: readonly number[],
  parts: Parts,
  describe: (index: number) => PartError | undefined,
): readonly PartError[] {
  const found: PartError[] = []
  let noise: number | undefined
  let left = mostReadOfAll
  for (const index of order) {
    left -= Math.min(mostRead, parts.elements(index))
    if (left < 0) break
    const part = describe(index)
    if (!part) continue
    noise ??= median(parts.present.map((other) => parts.noise(other)))
    if (isFlushed(parts, index, noise)) continue
    found.push(part)
    if (found.length === mostNamed) break
  }
  return found
}

function findScaled(parts: Parts): readonly PartError[] {
  const suspects = parts.present
    .filter((index) => parts.mayBeScaled(index))
    .sort((a, b) => Math.abs(parts.gainError(b)) - Math.abs(parts.gainError(a)))
  return findFirst(suspects, parts, (index) =>
    // Of so many values that their sums tell as much, and a few of them might be all that counts.
    parts.elements(index) > mostRead || parts.fit(index, false) ? parts.describe(index) : undefined,
  )
}

function findGarbled(parts: Parts): readonly PartError[] {
  const suspects = parts.present
    .filter((index) => parts.mayBeGarbled(index))
    .sort((a, b) => parts.noise(b) / parts.power(b) - parts.noise(a) / parts.power(a))
  return findFirst(suspects, parts, (index) => {
    const fit = parts.fit(index, true)
    return fit && { ...parts.describe(index), slope: fit.slope }
  })
}

/** After a ReLU, a channel of zeros with a few small values: whether they are there is a matter of noise. */
function isFlushed(parts: Parts, index: number, noise: number): boolean {
  return parts.zeroShare(index) >= 0.5 && parts.referenceMaxAbs(index) <= flushFactor * Math.sqrt(noise)
}

/** Parts with an error far above the median of their peers, in a stretch of the parts in order of their scale. */
function findOutlying(parts: Parts): readonly PartError[] {
  const isSuspect = (index: number) =>
    parts.power(index) > 0 && !parts.isSound(index) && !parts.isRounding(index)
  const suspects = new Set(parts.present.filter(isSuspect))
  if (suspects.size === 0) return []
  const power = parts.present.map((index) => parts.power(index))
  const place = [...parts.present.keys()].filter((i) => power[i]! > 0).sort((a, b) => power[a]! - power[b]!)
  const ordered = place.map((i) => parts.present[i]!)
  const powers = place.map((i) => power[i]!)
  const areSingle = parts.present.every((index) => parts.elements(index) === 1)
  let [from, to] = [0, 0]
  const usualAmong = memoised((first, end) => {
    const step = Math.ceil((end - first) / mostPeersRead)
    return usualNoise(
      parts,
      ordered.slice(first, end).filter((_, i) => i % step === 0),
    )
  })
  let all: { noise: number; share: number } | undefined
  // Without peers: far above all others, whether the noise is the same in all or follows the scale.
  const isAboveAll = (index: number) => {
    all ??= {
      noise: median(ordered.map((other) => parts.noise(other))),
      share: median(ordered.map((other) => parts.noise(other) / parts.power(other))),
    }
    return parts.noise(index) > outlyingFactor ** 2 * Math.max(all.noise, all.share * parts.power(index))
  }
  const outlying = ordered.filter((index, i) => {
    // One value says nothing of the scale that it belongs to: the vector is its own scale.
    if (areSingle) [from, to] = [0, ordered.length]
    while (powers[from]! * peerFactor ** 2 < powers[i]! && !areSingle) from++
    while (to < ordered.length && powers[to]! <= powers[i]! * peerFactor ** 2) to++
    if (!suspects.has(index)) return false
    if (areSingle && to - from <= leastPeerElements) return false
    if (to - from <= leastPeers) return ordered.length > leastPeers && isAboveAll(index)
    const { noise, isShare } = usualAmong(from, to)
    return parts.noise(index) > outlyingFactor ** 2 * noise * (isShare && !areSingle ? powers[i]! : 1)
  })
  return outlying.map((index) => parts.describe(index))
}

interface UsualNoise {
  readonly noise: number
  /** Of each part's own power; else it is the same in all. */
  readonly isShare: boolean
}

/** Sums of one layer share their noise; what comes from several layers has noise in proportion to its scale. */
function usualNoise(parts: Parts, peers: readonly number[]): UsualNoise {
  const noises = peers.map((index) => parts.noise(index))
  const shares = peers.map((index) => parts.noise(index) / parts.power(index))
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
