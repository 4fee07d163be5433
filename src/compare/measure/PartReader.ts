import { elementsOf } from '../../tensor/elementsOf.js'
import type { Scores } from './Measurement.js'

/**
 * A part of an output: all of its elements at one index of one dimension, such as a channel, a row, a score of every
 * box. Its numbers are relative to its own values, not to those of the whole output.
 */
export interface PartError {
  /** The dimension of `OutputComparison.shape` and the index in it. */
  readonly axis: number
  readonly index: number
  /** Number of finite pairs in it. */
  readonly elements: number
  /** Of this part alone. */
  readonly sqnrDb: number
  /** Its candidate's values are this many times the reference's, by least squares: 0 for a part that is lost. */
  readonly gain: number
  /**
   * How much its candidate's values vary with the reference's, by least squares with an offset: 0 for a part that is
   * constant or belongs to something else, however near its mean is. Only where that differs from 1 by more than chance.
   */
  readonly slope?: number
  /** Largest |error| and |reference| in it. */
  readonly maxAbs: number
  readonly referenceMaxAbs: number
  /** Its mean power as a share of the whole output's: far below 1 for a part with a small scale. */
  readonly powerShare: number
}

/** Parts that stand out, the worst first, at most 16 of each kind. Which of them fail is for the precision to say. */
export interface PartErrors {
  /** Their gain differs from 1 by more than chance: their scale is wrong, or they are lost. */
  readonly scaled: readonly PartError[]
  /** Their slope differs from 1 by more than chance: they do not follow the reference, though their mean may. */
  readonly garbled: readonly PartError[]
  /** Their error is far above that of parts of a similar scale. */
  readonly outlying: readonly PartError[]
  /** How many parts were looked at. */
  readonly count: number
}

/** A line through the values of a part, candidate against reference, by least squares. */
export interface PartFit {
  readonly slope: number
  /** Its standard deviation, by what the values are off the line. */
  readonly deviation: number
  /** How many values of the largest size it rests on: (Σx²)² / Σx⁴. */
  readonly values: number
}

/** A part with less variance than this share of its power is a constant: no line can be fitted. */
const leastVariance = 1e-9
/** What a single value that a line rests on would be off without it is no more than ten times what it is. */
const mostLeverage = 0.9

/** Of a part with more elements a line is fitted to about so many. */
export const mostRead = 2 ** 16

/** Reads single parts again, where their sums do not tell enough: hardly one in a sound output. */
export class PartReader {
  readonly #values: () => readonly [reference: Scores, candidate: Scores]
  readonly #shape: readonly number[]
  #read: readonly [Scores, Scores] | undefined

  /** `values` is called once, and only where a part is read at all. */
  constructor(values: () => readonly [reference: Scores, candidate: Scores], shape: readonly number[]) {
    this.#values = values
    this.#shape = shape
  }

  /**
   * The line through the origin, or with an offset; undefined where the reference gives it no direction.
   *
   * Its deviation is the jackknife's (HC3, MacKinnon and White 1985): sqrt(Σ (x r / (1 - h))²) / Σx², with the residuals
   * r, the leverages h = x² / Σx² (+ 1/n with an offset) and x about the mean there. It holds where the error grows with
   * the value, as rounding does, and where a few values (the boxes of one anchor) outweigh the others.
   */
  fit(axis: number, index: number, hasOffset: boolean): PartFit | undefined {
    const { x, error } = this.#gather(axis, index)
    const count = x.length
    if (hasOffset) {
      subtractMean(x)
      subtractMean(error)
    }
    let [xx, xe] = [0, 0]
    for (let i = 0; i < count; i++) {
      xx += x[i]! * x[i]!
      xe += x[i]! * error[i]!
    }
    if (!(xx > 0)) return undefined
    const slopeError = xe / xx
    let [scatter, fourth] = [0, 0]
    for (let i = 0; i < count; i++) {
      const square = x[i]! * x[i]!
      const leverage = square / xx + (hasOffset ? 1 / count : 0)
      const rest = (error[i]! - slopeError * x[i]!) / (1 - Math.min(mostLeverage, leverage))
      scatter += square * rest * rest
      fourth += square * square
    }
    return { slope: 1 + slopeError, deviation: Math.sqrt(scatter) / xx, values: (xx * xx) / fourth }
  }

  /** The pairs of which both are finite; of a large part every n-th. */
  #gather(axis: number, index: number): { x: Float64Array; error: Float64Array } {
    this.#read ??= this.#values()
    const [a, b] = this.#read
    const size = this.#shape[axis]!
    const inner = elementsOf(this.#shape.slice(axis + 1))
    const elements = a.length / size
    // An odd step meets all columns of a map.
    const step = elements <= mostRead ? 1 : Math.floor(elements / mostRead) | 1
    const x = new Float64Array(Math.ceil(elements / step))
    const error = new Float64Array(x.length)
    let count = 0
    for (let i = 0; i < elements; i += step) {
      const row = Math.floor(i / inner)
      const at = (row * size + index) * inner + i - row * inner
      const difference = b[at]! - a[at]!
      if (difference - difference !== 0) continue
      x[count] = a[at]!
      error[count++] = difference
    }
    return { x: x.subarray(0, count), error: error.subarray(0, count) }
  }
}

/** Leaves zeros of what is constant but for rounding. */
function subtractMean(values: Float64Array): void {
  let [sum, power] = [0, 0]
  for (const value of values) {
    sum += value
    power += value * value
  }
  const mean = sum / values.length
  const isConstant = power - mean * sum <= leastVariance * power
  for (let i = 0; i < values.length; i++) values[i] = isConstant ? 0 : values[i]! - mean
}
