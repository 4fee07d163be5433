import { cosineOf } from './cosineOf.js'
import { powerRatioDb } from './identicalDb.js'
import { isComparable } from './isComparable.js'
import { sumUp } from './sumUp.js'

/** The three numbers that tell a good layer from a bad one; see the fields of the same names in OutputComparison. */
export interface QuickError {
  readonly sqnrDb: number | null
  readonly cosine: number | null
  readonly maxAbs: number
}

/** Measures two arrays of the same length, as `compareTensors` does but for all that a trace of layers can do without. */
export function quickError(reference: Float32Array, candidate: Float32Array): QuickError {
  const sums = sumUp(reference, candidate)
  const comparable = isComparable(sums)
  return {
    sqnrDb: comparable ? powerRatioDb(sums.referencePower, sums.errorPower) : null,
    cosine: comparable ? cosineOf(sums) : null,
    maxAbs: sums.maxAbs,
  }
}
