import type {
  NativeGrid,
  NativePartSums,
  NativeRelativeSums,
  NativeSums,
} from '../../native/NativeMetrics.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { ClassAxis } from './findClassAxis.js'
import type { Measurement, MeasureRequest, Scores } from './Measurement.js'

/** Reference values up to this share of the largest one have no relative error; as in cpp/metrics/measure.h. */
const relativeFloor = 1e-6

/**
 * What the addon's `measure` does, in JavaScript: for small tensors, and where there is no addon. The results
 * are the same but for rounding (relative errors of float32 values: to 7 digits).
 */
export function measurePlainly(reference: Tensor, candidate: Tensor, request: MeasureRequest): Measurement {
  const [a, b] = [float32Values(reference), float32Values(candidate)]
  const sums = sumUp(a, b)
  const index = sums.nonFiniteIndex >= 0 ? sums.nonFiniteIndex : sums.maxAbsIndex
  const explainedBy =
    request.explainedBy ?? request.explainedRms * Math.sqrt(sums.errorPower / Math.max(sums.finite, 1))
  const areFloat32 = reference.dtype === 'float32' && candidate.dtype === 'float32'
  return {
    sums,
    worst: index < 0 ? null : { index, reference: a[index]!, value: b[index]! },
    relative: relativeErrors(a, b, relativeFloor * sums.referenceMaxAbs),
    ulp: ulpCounts(areFloat32 ? a : emptyFloats, areFloat32 ? b : emptyFloats),
    referenceGrid: gridOf(a, b),
    candidateGrid: gridOf(b, a),
    argmax: request.classes ? compareArgmax(a, b, request.classes, explainedBy) : null,
    parts: request.parts?.length ? sumParts(a, b, request.parts) : [],
  }
}

const emptyFloats = new Float32Array()

/** The one pass over the data; sums are doubles. Both arrays have the same length. */
function sumUp(reference: Scores, candidate: Scores): NativeSums {
  let finite = 0
  let referencePower = 0
  let candidatePower = 0
  let errorPower = 0
  let product = 0
  let error = 0
  let absError = 0
  let maxAbs = 0
  let maxAbsIndex = -1
  let referenceMaxAbs = 0
  let nan = 0
  let inf = 0
  let referenceNan = 0
  let referenceInf = 0
  let nonFiniteIndex = -1
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i]!
    const b = candidate[i]!
    // x - x is 0 for every finite x and NaN for the others: one test for four rare cases.
    if (a - a + (b - b) !== 0) {
      if (Number.isNaN(b)) nan++
      else if (!Number.isFinite(b)) inf++
      if (Number.isNaN(a)) referenceNan++
      else if (!Number.isFinite(a)) referenceInf++
      if (nonFiniteIndex < 0 && !Object.is(a, b)) nonFiniteIndex = i
      continue
    }
    const d = b - a
    finite++
    referencePower += a * a
    candidatePower += b * b
    errorPower += d * d
    product += a * b
    error += d
    const size = Math.abs(d)
    absError += size
    if (size > maxAbs) {
      maxAbs = size
      maxAbsIndex = i
    }
    const magnitude = Math.abs(a)
    if (magnitude > referenceMaxAbs) referenceMaxAbs = magnitude
  }
  return {
    finite,
    referencePower,
    candidatePower,
    errorPower,
    product,
    error,
    absError,
    maxAbs,
    maxAbsIndex,
    referenceMaxAbs,
    nan,
    inf,
    referenceNan,
    referenceInf,
    nonFiniteIndex,
  }
}

/** How many numbers are gathered for each part, in the order of `partFields`; as in cpp/metrics/parts.h. */
const partFields = 7

/** A dimension with more parts gets no sums; as there. */
const mostParts = 2 ** 16

/**
 * What the addon's `parts` does, in JavaScript: for every dimension of `sizes` the sums over the elements at each of
 * its indices, in one pass. Pairs of which one is not finite are left out.
 */
export function sumParts(reference: Scores, candidate: Scores, sizes: readonly number[]): NativePartSums {
  const sums = sizes.map((size) => new Float64Array(size > mostParts ? 0 : partFields * size))
  const width = sizes.at(-1) ?? 1
  const columns = sums.at(-1) ?? new Float64Array() // writes beyond its end, where it is empty, are lost
  const at = sizes.slice(0, -1).fill(0)
  const row = new Float64Array(partFields)
  for (let start = 0; start < reference.length; start += width) {
    row.fill(0)
    for (let i = 0; i < width; i++) {
      const a = reference[start + i]!
      const d = candidate[start + i]! - a
      if (d - d !== 0) continue
      const zero = a === 0 ? 1 : 0
      columns[i]!++
      columns[width + i]! += zero
      columns[2 * width + i]! += a * a
      columns[3 * width + i]! += d * d
      columns[4 * width + i]! += a * d
      columns[5 * width + i] = Math.max(columns[5 * width + i]!, Math.abs(a))
      columns[6 * width + i] = Math.max(columns[6 * width + i]!, Math.abs(d))
      row[0]!++
      row[1]! += zero
      row[2]! += a * a
      row[3]! += d * d
      row[4]! += a * d
      row[5] = Math.max(row[5]!, Math.abs(a))
      row[6] = Math.max(row[6]!, Math.abs(d))
    }
    for (const [axis, index] of at.entries()) {
      if (sums[axis]!.length > 0) addRow(sums[axis]!, index, sizes[axis]!, row)
    }
    advance(at, sizes)
  }
  return sums
}

function addRow(sums: Float64Array, part: number, parts: number, row: Float64Array): void {
  for (let field = 0; field < 5; field++) sums[field * parts + part]! += row[field]!
  for (let field = 5; field < partFields; field++) {
    sums[field * parts + part] = Math.max(sums[field * parts + part]!, row[field]!)
  }
}

/** The next row: of the outer dimensions the innermost one moves first. */
function advance(at: number[], sizes: readonly number[]): void {
  for (let axis = at.length - 1; axis >= 0; axis--) {
    at[axis]!++
    if (at[axis]! < sizes[axis]!) return
    at[axis] = 0
  }
}

/**
 * |error| / |reference| over the finite positions where |reference| > floor. The floor follows from the
 * reference's maximum, which is known only after the first pass; hence a pass of its own.
 */
function relativeErrors(reference: Scores, candidate: Scores, floor: number): NativeRelativeSums {
  let sum = 0
  let signedSum = 0
  let largest = 0
  let smallest = Number.POSITIVE_INFINITY
  let count = 0
  for (let i = 0; i < reference.length; i++) {
    const size = Math.abs(reference[i]!)
    if (!(size > floor)) continue
    const error = (candidate[i]! - reference[i]!) / reference[i]!
    const ratio = Math.abs(error)
    // False for NaN; Infinity is one side's, and counted elsewhere.
    if (!(ratio < Number.POSITIVE_INFINITY)) continue
    sum += ratio
    signedSum += error
    largest = Math.max(largest, ratio)
    smallest = Math.min(smallest, size)
    count++
  }
  return { sum, signedSum, largest, smallest, count }
}

const bins = 32

/** Elements by the binary logarithm of their distance in float32 units, where both are finite: 0, 1, 2 to 3, … */
function ulpCounts(reference: Scores, candidate: Scores): number[] {
  const counts = new Array<number>(bins).fill(0)
  const pair = new Float32Array(2)
  const words = new Int32Array(pair.buffer)
  for (const [start, end] of judgedBlocks(reference.length)) {
    for (let i = start; i < end; i++) {
      pair[0] = reference[i]!
      pair[1] = candidate[i]!
      if (!Number.isFinite(pair[0]) || !Number.isFinite(pair[1])) continue
      const distance = Math.abs(ordinal(words[0]!) - ordinal(words[1]!))
      counts[Math.min(bins - 1, 32 - Math.clz32(distance))]!++
    }
  }
  return counts
}

/** Floats in their order as integers, both zeros being 0. */
function ordinal(bits: number): number {
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

/** How many values lie on fp16's and bf16's grid, of those where both sides are finite. */
function gridOf(values: Scores, others: Scores): NativeGrid {
  const counts = { judged: 0, fp16: 0, bf16: 0 }
  const float = new Float32Array(1)
  const word = new Uint32Array(float.buffer)
  for (const [start, end] of judgedBlocks(values.length)) {
    for (let i = start; i < end; i++) {
      const value = values[i]!
      if (!Number.isFinite(value) || !Number.isFinite(others[i]!)) continue
      // Every grid holds these.
      if (Number.isInteger(value) && Math.abs(value) <= 256) continue
      counts.judged++
      float[0] = value
      if (float[0] !== value) continue
      if ((word[0]! & 0xffff) === 0) counts.bf16++
      if (isOnFp16(value, word[0]!)) counts.fp16++
    }
  }
  return counts
}

/** Below 2^-14 fp16 is spaced by 2^-24; above, it has 13 bits less than float32. */
function isOnFp16(value: number, bits: number): boolean {
  const size = Math.abs(value)
  if (size < 2 ** -14) return Number.isInteger(value * 2 ** 24)
  return size <= 65504 && (bits & 0x1fff) === 0
}

const blockSize = 1024
const judgedWhole = 2 ** 20

/**
 * The stretches of a tensor from which its distributions (ULP histogram, grid shares) are taken: all of up to
 * 2^20 elements, of more every n-th block of 1024, so that about as many are judged. As in cpp/metrics.
 */
function* judgedBlocks(elements: number): Generator<readonly [start: number, end: number]> {
  const step = blockSize * Math.max(1, Math.ceil(elements / judgedWhole))
  for (let start = 0; start < elements; start += step) {
    yield [start, Math.min(elements, start + blockSize)]
  }
}

/** See the fields of the same names in OutputComparison. */
interface ArgmaxComparison {
  readonly argmaxCount: number
  readonly argmaxFlips: number
  readonly explainedFlips: number
}

/**
 * Compares the best class at every position; of equal scores the first class wins, NaN never does.
 *
 * A flip is explained where all scores there are finite or the same on both sides, and the reference's margin
 * (best - second best) is at most 2 * explainedBy: errors of that size, one up and one down, can close it.
 *
 * @param explainedBy the largest |error| that precision and noise explain. It must not be the error found at
 *   the position itself, which explains every flip between finite scores (margin <= |e_i| + |e_j|).
 */
function compareArgmax(
  reference: Scores,
  candidate: Scores,
  axis: ClassAxis,
  explainedBy: number,
): ArgmaxComparison {
  let argmaxFlips = 0
  let explainedFlips = 0
  for (let o = 0; o < axis.outer; o++) {
    for (let i = 0; i < axis.inner; i++) {
      const start = o * axis.classes * axis.inner + i
      const best = bestClass(reference, start, axis)
      if (best === bestClass(candidate, start, axis)) continue
      argmaxFlips++
      if (isExplained(reference, candidate, start, axis, best, explainedBy)) explainedFlips++
    }
  }
  return { argmaxCount: axis.outer * axis.inner, argmaxFlips, explainedFlips }
}

/** -1 where no score is a number. */
function bestClass(scores: Scores, start: number, { classes, inner }: ClassAxis): number {
  let best = -1
  let bestScore = Number.NEGATIVE_INFINITY
  for (let c = 0, at = start; c < classes; c++, at += inner) {
    const score = scores[at]!
    if (score > bestScore || (best < 0 && !Number.isNaN(score))) {
      best = c
      bestScore = score
    }
  }
  return best
}

function isExplained(
  reference: Scores,
  candidate: Scores,
  start: number,
  { classes, inner }: ClassAxis,
  best: number,
  explainedBy: number,
): boolean {
  let second = Number.NEGATIVE_INFINITY
  for (let c = 0, at = start; c < classes; c++, at += inner) {
    const a = reference[at]!
    const b = candidate[at]!
    if (c !== best && a > second) second = a
    // Equal infinities mask a class on both sides; their difference would be NaN.
    if (a !== b && !Number.isFinite(b - a)) return false
  }
  return reference[start + best * inner]! - second <= 2 * explainedBy
}
