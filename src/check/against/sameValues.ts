import type { ValueFormat } from '../weights/ValueStatistics.js'

/**
 * Ten times the power of the rounding error, against that of the values. int8 is too coarse: any two bells of a
 * few thousand values are as near to each other once they are sorted.
 */
const rounding: Readonly<Record<ValueFormat, number>> = { fp32: 1e-12, fp16: 1e-6, bf16: 3e-5, int8: 0 }

/** Whether both hold the same values up to rounding, in whatever order. */
export function sameValues(a: Float32Array, b: Float32Array, format: ValueFormat): boolean {
  if (a.length !== b.length) return false
  const [sortedA, sortedB] = [a.toSorted(), b.toSorted()]
  let [error, power] = [0, 0]
  for (let i = 0; i < sortedA.length; i++) {
    error += (sortedA[i]! - sortedB[i]!) ** 2
    power += sortedB[i]! ** 2
  }
  return error < rounding[format] * power
}
