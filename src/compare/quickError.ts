import { answering } from '../errors/answering.js'
import { Tensor } from '../tensor/Tensor.js'
import { isComparable } from './isComparable.js'
import { measure } from './measure.js'
import { cosineOf, sqnrOf } from './ratios.js'

/** The three numbers that tell a good layer from a bad one; see the fields of the same names in OutputComparison. */
export interface QuickError {
  readonly sqnrDb: number | null
  readonly cosine: number | null
  readonly maxAbs: number
}

/**
 * Measures two arrays as `compareTensors` does, but for all that a trace of layers can do without.
 *
 * Throws TWINFER_LENGTH_MISMATCH where the lengths differ.
 */
export const quickError = answering(
  'quickError',
  function quickError(
    reference: Float32Array | Float64Array,
    candidate: Float32Array | Float64Array,
  ): QuickError {
    const shape = [reference.length]
    const { sums } = measure(new Tensor(reference, shape), new Tensor(candidate, shape), {
      onlySums: true,
      explainedRms: 0,
    })
    const comparable = isComparable(sums)
    return {
      sqnrDb: comparable ? sqnrOf(sums) : null,
      cosine: comparable ? cosineOf(sums) : null,
      maxAbs: sums.maxAbs,
    }
  },
)
