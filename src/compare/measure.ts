import { nativeIfLoadable } from '../native.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Measurement, MeasureRequest } from './Measurement.js'
import { measurePlainly } from './plain/measurePlainly.js'

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
