import { powerRatioDb } from '../../format/numbers.js'

/** How well values meet their target, as they are and once a scale and an offset are undone. */
export interface Fit {
  /** Pairs that were compared. */
  readonly count: number
  /** Of all pairs, the share of which the value is not known: cut off, or lost in the reading. */
  readonly lostShare: number
  /** Signal to error ratio in dB; -IDENTICAL_DB where a value is not finite. */
  readonly db: number
  /** The same against the target's power about its mean: an offset that is right earns nothing here. */
  readonly centredDb: number
  /** target = slope * value + offset by least squares. */
  readonly slope: number
  readonly offset: number
  /** As db and centredDb, of that line. */
  readonly lineDb: number
  readonly lineCentredDb: number
}

/** Stands for a value that is not known, which is another matter than a NaN that was read. */
export const unknown = 1.5e300

/** Of values that should match, so many may be NaN or Infinity before nothing can be said. */
const mostBadShare = 1e-3
const none: Fit = {
  count: 0,
  lostShare: 1,
  db: powerRatioDb(0, 1),
  centredDb: powerRatioDb(0, 1),
  slope: 1,
  offset: 0,
  lineDb: powerRatioDb(0, 1),
  lineCentredDb: powerRatioDb(0, 1),
}

/** Targets that are not finite are left out. */
export function fitOf(target: Float64Array, values: Float64Array): Fit {
  let [count, lost, bad, asked] = [0, 0, 0, 0]
  let [t0, v0] = [0, 0]
  let [t, v, tt, vv, tv, signal, error] = [0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < target.length; i++) {
    const wanted = target[i]!
    if (!Number.isFinite(wanted)) continue
    asked++
    const value = values[i]!
    if (value === unknown) lost++
    else if (!(Math.abs(value) < 1e150)) bad++
    else {
      // About the first pair: sums about zero cancel where the mean is large beside the spread.
      if (count++ === 0) [t0, v0] = [wanted, value]
      const [dt, dv] = [wanted - t0, value - v0]
      t += dt
      v += dv
      tt += dt * dt
      vv += dv * dv
      tv += dt * dv
      signal += wanted * wanted
      error += (wanted - value) * (wanted - value)
    }
  }
  if (count === 0 || bad > mostBadShare * (count + bad)) return { ...none, lostShare: lost / Math.max(1, asked) }
  const spread = Math.max(0, tt - (t * t) / count)
  const valueSpread = Math.max(0, vv - (v * v) / count)
  const shared = tv - (t * v) / count
  const slope = valueSpread > 0 ? shared / valueSpread : 0
  const rest = Math.max(0, spread - slope * shared)
  return {
    count,
    lostShare: lost / asked,
    db: powerRatioDb(signal, error),
    centredDb: powerRatioDb(spread, error),
    slope,
    offset: t0 + t / count - slope * (v0 + v / count),
    lineDb: powerRatioDb(signal, rest),
    lineCentredDb: powerRatioDb(spread, rest),
  }
}

/** What a value that is off by chance agrees to: one in four does to more bits than these … */
const chanceBits = 2
/** … and by so many more in the mean of all values, with this deviation (both of an exponential distribution). */
const [chanceMean, chanceDeviation] = [0.36, 0.95]
/** float32 has no more. */
const mostBits = 24

/**
 * How many bits of the target the values predict beyond chance, those of small values as well: the sum of
 * log2(|target| / |error|) - 2 where that is positive, |target| being about the mean where it is smaller so, less what
 * values give that have nothing to do with the target. It tells agreement of a few values, or of one that is far
 * larger than the others, from coincidence.
 */
export function bitsOf(target: Float64Array, values: Float64Array): number {
  let [sum, count] = [0, 0]
  for (const value of target) {
    if (!Number.isFinite(value)) continue
    sum += value
    count++
  }
  const mean = sum / Math.max(1, count)
  let [bits, tried] = [0, 0]
  for (let i = 0; i < target.length; i++) {
    const wanted = target[i]!
    const error = Math.abs(wanted - values[i]!)
    if (values[i] === unknown || !Number.isFinite(error)) continue
    const size = Math.min(Math.abs(wanted), Math.abs(wanted - mean))
    if (size === 0) continue
    bits += Math.max(0, Math.min(mostBits, Math.log2(size / error)) - chanceBits)
    tried++
  }
  return bits - chanceMean * tried - 2 * chanceDeviation * Math.sqrt(tried)
}

/** What a line has besides what is given: a slope alone, an offset alone, or both. */
export type LineForm = 'scale' | 'offset' | 'both'

/** Lines of target = slope * value + offset, one for each channel. */
export interface Lines {
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
  /** What they leave of the error, corrected for the numbers that were fitted. */
  readonly db: number
  /** The same against the power about each channel's own mean: an offset explains nothing but that. */
  readonly centredDb: number
}

/**
 * Least squares in each channel. A channel whose values do not vary gets an offset alone.
 *
 * @param channels the channel of each value, from 0 on.
 */
export function fitLines(
  target: Float64Array,
  values: Float64Array,
  channels: Int32Array,
  channelCount: number,
  form: LineForm,
): Lines {
  const sums = Array.from({ length: channelCount }, () => new LineSums(form))
  for (let i = 0; i < target.length; i++) {
    if (Number.isFinite(target[i]!) && Math.abs(values[i]!) < 1e150) sums[channels[i]!]!.add(target[i]!, values[i]!)
  }
  let [signal, spread, rest, count] = [0, 0, 0, 0]
  for (const channel of sums) {
    signal += channel.signal
    spread += channel.spread
    rest += channel.rest
    count += channel.count
  }
  // So many numbers fit as many values whatever they are.
  const free = count - (form === 'both' ? 2 : 1) * channelCount
  const error = free > 0 ? (rest * count) / free : signal
  return {
    slopes: sums.map(({ slope }) => slope),
    offsets: sums.map(({ offset }) => offset),
    db: powerRatioDb(signal, error),
    centredDb: spread > 0 ? powerRatioDb(spread, error) : powerRatioDb(0, 1),
  }
}

/** Sums about the first pair: those about zero cancel where the mean is large beside the spread. */
class LineSums {
  count = 0
  signal = 0
  readonly #form: LineForm
  #t0 = 0
  #v0 = 0
  #t = 0
  #v = 0
  #tt = 0
  #vv = 0
  #tv = 0

  constructor(form: LineForm) {
    this.#form = form
  }

  add(target: number, value: number): void {
    // A scale alone has no other origin than zero.
    if (this.count++ === 0 && this.#form !== 'scale') [this.#t0, this.#v0] = [target, value]
    const [t, v] = [target - this.#t0, value - this.#v0]
    this.#t += t
    this.#v += v
    this.#tt += t * t
    this.#vv += v * v
    this.#tv += t * v
    this.signal += target * target
  }

  /** Of the target about its mean. */
  get spread(): number {
    return this.count === 0 ? 0 : Math.max(0, this.#tt - (this.#t * this.#t) / this.count)
  }

  get slope(): number {
    if (this.#form === 'offset' || this.count === 0) return 1
    if (this.#form === 'scale') return this.#vv > 0 ? this.#tv / this.#vv : 0
    const spread = this.#vv - (this.#v * this.#v) / this.count
    return spread > 0 ? (this.#tv - (this.#t * this.#v) / this.count) / spread : 0
  }

  get offset(): number {
    if (this.#form === 'scale' || this.count === 0) return 0
    return this.#t0 + this.#t / this.count - this.slope * (this.#v0 + this.#v / this.count)
  }

  /** The sum of squares that the line leaves. */
  get rest(): number {
    if (this.count === 0) return 0
    const { slope } = this
    if (this.#form === 'scale') return Math.max(0, this.#tt - slope * this.#tv)
    const valueSpread = this.#vv - (this.#v * this.#v) / this.count
    const shared = this.#tv - (this.#t * this.#v) / this.count
    return Math.max(0, this.spread - 2 * slope * shared + slope * slope * valueSpread)
  }
}
