import { answering } from '../../errors/answering.js'
import { nativeIfLoadable } from '../../native/native.js'
import { Tensor } from '../../tensor/Tensor.js'
import { cosineOf, isComparable, type Measurement, type MeasureRequest, sqnrOf } from './Measurement.js'
import { measurePlainly } from './measurePlainly.js'

/** Tensors of fewer elements are measured in JavaScript: crossing over to the addon costs as much. */
const leastForNative = 512

/** Measures two tensors of as many elements, in the addon where that pays and is there. */
export function measure(reference: Tensor, candidate: Tensor, request: MeasureRequest): Measurement {
  const metrics = reference.length < leastForNative ? undefined : nativeIfLoadable()?.metrics
  if (metrics === undefined) return measurePlainly(reference, candidate, request)
  return metrics.measure(reference.data, reference.dtype, candidate.data, candidate.dtype, request)
}

/** The same off the event loop, on a copy; without the addon it blocks all the same. */
export async function measureAsync(
  reference: Tensor,
  candidate: Tensor,
  request: MeasureRequest,
): Promise<Measurement> {
  const metrics = nativeIfLoadable()?.metrics
  if (metrics === undefined) return measurePlainly(reference, candidate, request)
  return metrics.measureAsync(reference.data, reference.dtype, candidate.data, candidate.dtype, request)
}

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
