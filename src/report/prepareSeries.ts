import { coordinateOf } from '../compare/measure/compareTensors.js'
import type { Scores } from '../compare/measure/Measurement.js'
import type { WorstElement } from '../compare/measure/OutputComparison.js'
import { float32Values } from '../tensor/convertTensor.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { ReportedOutput } from './ReportedComparison.js'

/** What is drawn of an output: small, whatever the size of the tensors. */
export interface OutputSeries {
  readonly histogram: ErrorHistogram
  readonly scatter: Scatter
  /** Largest error first; elements of which only one side is a finite number before all others. */
  readonly worst: readonly WorstElement[]
}

/** Elements by error (candidate - reference), in bins of equal width round zero. Only finite errors. */
export interface ErrorHistogram {
  /** The bins cover -limit to limit; 0 where nothing differs, and then there is one bin. */
  readonly limit: number
  readonly counts: readonly number[]
}

/** A sample of the elements where both sides are finite, by rising reference; the worst ones are in it. */
export interface Scatter {
  readonly indices: readonly number[]
  readonly reference: readonly number[]
  readonly candidate: readonly number[]
  /** How many elements there were to choose from. */
  readonly of: number
}

/**
 * What is drawn of a candidate's outputs, as far as they could be measured: the others have no counterpart, or
 * one of another shape. Both sides go by the reference's names.
 */
export function candidateSeries(
  compared: readonly ReportedOutput[],
  reference: NamedTensors,
  candidate: NamedTensors,
  options: SeriesOptions,
): Record<string, OutputSeries> {
  const measured = compared.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name }) => [name, prepareSeries(reference[name]!, candidate[name]!, options)]),
  )
}

interface SeriesOptions {
  /** Elements in the scatter. Default: 2000. */
  readonly points?: number
}

/** Prepares what a report draws of an output. Both tensors have the same number of elements. */
export function prepareSeries(
  reference: Tensor,
  candidate: Tensor,
  { points = 2000 }: SeriesOptions = {},
): OutputSeries {
  const a = float32Values(reference)
  const b = float32Values(candidate)
  const worst = worstIndices(a, b, 10)
  return {
    histogram: errorHistogram(a, b),
    scatter: sampleScatter(a, b, worst, points),
    worst: worst.map((index) => worstElement(index, a, b, reference.shape)),
  }
}

function worstElement(index: number, a: Scores, b: Scores, shape: readonly number[]) {
  return { index, coordinate: coordinateOf(index, shape), reference: a[index]!, value: b[index]! }
}

/** Odd, so that one bin has zero in its middle. */
const bins = 61

function errorHistogram(reference: Scores, candidate: Scores): ErrorHistogram {
  let limit = 0
  let finite = 0
  for (let i = 0; i < reference.length; i++) {
    const size = Math.abs(candidate[i]! - reference[i]!)
    if (!Number.isFinite(size)) continue
    finite++
    if (size > limit) limit = size
  }
  if (limit === 0) return { limit, counts: [finite] }
  const counts = new Array<number>(bins).fill(0)
  for (let i = 0; i < reference.length; i++) {
    const error = candidate[i]! - reference[i]!
    if (Number.isFinite(error)) counts[binOf(error, limit)]!++
  }
  return { limit, counts }
}

/** The share is taken before the scaling: 2 * limit may overflow. */
function binOf(error: number, limit: number): number {
  return Math.min(bins - 1, Math.floor(((error / limit + 1) / 2) * bins))
}

/**
 * One element of each of `points` equal stretches, and those of `always`. Where in its stretch an element lies
 * changes from one to the next: a fixed step would see the same few channels again and again.
 */
function sampleScatter(
  reference: Scores,
  candidate: Scores,
  always: readonly number[],
  points: number,
): Scatter {
  const isDrawable = (i: number) => Number.isFinite(reference[i]) && Number.isFinite(candidate[i])
  const chosen = new Set([...stretches(reference.length, points), ...always].filter(isDrawable))
  const indices = [...chosen].sort((i, j) => reference[i]! - reference[j]! || i - j)
  return {
    indices,
    reference: indices.map((i) => reference[i]!),
    candidate: indices.map((i) => candidate[i]!),
    of: reference.length,
  }
}

function stretches(length: number, points: number): number[] {
  const count = Math.min(length, points)
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count)
    const end = Math.floor(((i + 1) * length) / count)
    return start + Math.floor(scatteredShare(i) * (end - start))
  })
}

/** The golden ratio's multiples modulo 1: even, aperiodic and the same in every run. */
function scatteredShare(i: number): number {
  return (i * 0.618_033_988_749_895) % 1
}

/**
 * Positions of the largest errors, the largest first, equal ones by position. What is finite on one side only
 * is the largest of all; what does not differ is left out.
 */
function worstIndices(reference: Scores, candidate: Scores, count: number): number[] {
  const worst: { index: number; error: number }[] = []
  let least = 0
  for (let i = 0; i < reference.length; i++) {
    const error = errorAt(reference[i]!, candidate[i]!)
    if (error <= least) continue
    const at = worst.findIndex((other) => other.error < error)
    worst.splice(at < 0 ? worst.length : at, 0, { index: i, error })
    if (worst.length > count) worst.pop()
    if (worst.length === count) least = worst[count - 1]!.error
  }
  return worst.map(({ index }) => index)
}

/** NaN facing NaN, and an infinity facing the same one, agree. */
function errorAt(a: number, b: number): number {
  const error = Math.abs(b - a)
  if (Number.isFinite(error)) return error
  return Object.is(a, b) ? 0 : Number.POSITIVE_INFINITY
}
