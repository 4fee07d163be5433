/** Rows whose cosine is computed when only a first impression is asked for. */
const sampledRows = 24

export interface Tolerance {
  /** Least |cosine| of rows that point in the same direction. */
  readonly cosine: number
  /** Largest error of a value however small it is, as a row of small values has other directions by it. */
  readonly absolute: number
  /** The step of each row's values, where they were rounded to a multiple of one. */
  readonly steps?: Float32Array | undefined
}

/** Rounding to a step errs by step / sqrt(12); twice that as a power, as values at the ends are cut off as well. */
const roundingOfStep = 1 / Math.sqrt(6)
/** Below this cosine a row says nothing: its values are as small as their errors. */
const leastTelling = 0.5

interface RowSimilarity {
  /** Rows that were compared. */
  readonly rows: number
  /** Of those, the ones that point in the same direction. */
  readonly alike: number
  /** The first row that does not; undefined where all do. */
  readonly firstUnlike: number | undefined
}

/**
 * Compares two weights row by row (output channel by output channel) by direction: |cosine| of each pair. A batch
 * norm that was folded in scales a row, which leaves its direction; so do quantisation scales and float16.
 * `lag` reads `values` that many values later. Rows without any length, or no longer than their rounding errors,
 * are left out.
 */
export function rowSimilarity(
  values: Float32Array,
  reference: Float32Array,
  rowSize: number,
  tolerance: Tolerance,
  { lag = 0, sampled = false, from = 0 }: { lag?: number; sampled?: boolean; from?: number } = {},
): RowSimilarity {
  const count = Math.floor(reference.length / rowSize)
  const step = sampled ? Math.max(1, Math.floor(count / sampledRows)) : 1
  let [rows, alike] = [0, 0]
  let firstUnlike: number | undefined
  for (let row = from; row < count; row += step) {
    const start = row * rowSize
    if (start + lag < 0 || start + lag + rowSize > values.length) continue
    const { ab, aa, bb } = compareRow(values, start + lag, reference, start, rowSize)
    if (!(aa > 0 && bb > 0)) continue
    const error = Math.max(tolerance.absolute, (tolerance.steps?.[row] ?? 0) * roundingOfStep)
    const least = Math.min(tolerance.cosine, 1 - (error ** 2 * rowSize) / aa)
    if (least < leastTelling) continue
    rows++
    if (Math.abs(ab) / Math.sqrt(aa * bb) >= least) alike++
    else firstUnlike ??= row
  }
  return { rows, alike, firstUnlike }
}

interface RowProducts {
  readonly ab: number
  readonly aa: number
  readonly bb: number
}

/** Dot products of two rows. NaN and Infinity count as 0: they are findings of their own. */
export function compareRow(
  a: Float32Array,
  startA: number,
  b: Float32Array,
  startB: number,
  length: number,
): RowProducts {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < length; i++) {
    const x = a[startA + i]!
    const y = b[startB + i]!
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return { ab, aa, bb }
}

/** From this share on the weights are the same, whatever they were scaled by. */
export const leastSignAgreement = 0.98

/**
 * Share of values with the sign that they have in the reference, where rows and columns may be negated as a
 * whole. It stays 1 where rows and columns were scaled, as by a batch norm before a convolution, which changes
 * directions; unrelated weights score little more than one half.
 */
export function signAgreement(values: Float32Array, reference: Float32Array, rowSize: number): number {
  const columns = columnSigns(values, reference, rowSize)
  let [agreed, counted] = [0, 0]
  for (let start = 0; start + rowSize <= reference.length; start += rowSize) {
    let [same, judged] = [0, 0]
    for (let i = 0; i < rowSize; i++) {
      const product = values[start + i]! * reference[start + i]! * columns[i]!
      if (product === 0 || Number.isNaN(product)) continue
      judged++
      if (product > 0) same++
    }
    agreed += Math.max(same, judged - same)
    counted += judged
  }
  return counted === 0 ? 0 : agreed / counted
}

/** Rows that vote on the sign of a column; a few are enough, as right weights agree in all of them. */
const votingRows = 15

/** Of each column, the sign that most of the first rows give it once they are turned to agree with the first. */
function columnSigns(values: Float32Array, reference: Float32Array, rowSize: number): Float32Array {
  const votes = new Float32Array(rowSize)
  // Too few rows would vote for themselves, and any weights agree.
  const rows = Math.floor(reference.length / rowSize)
  if (rows < votingRows) return votes.fill(1)
  for (let row = 0; row < votingRows; row++) {
    const start = row * rowSize
    let agreement = 0
    for (let i = 0; i < rowSize; i++)
      agreement += Math.sign(values[start + i]! * reference[start + i]!) * Math.sign(votes[i]!) || 0
    const turn = agreement < 0 ? -1 : 1
    for (let i = 0; i < rowSize; i++)
      votes[i]! += Math.sign(values[start + i]! * reference[start + i]!) * turn || 0
  }
  return votes.map((vote) => (vote < 0 ? -1 : 1))
}
