import type { NativePartSums } from '../../native.js'
import type { Scores } from './Scores.js'

/** How many numbers are gathered for each part, in the order of `partFields`; as in cpp/metrics/parts.h. */
export const partFields = 7

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
