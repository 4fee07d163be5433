import { float32Values } from '../../tensor/float32Values.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Measurement, MeasureRequest } from '../Measurement.js'
import { compareArgmax } from './compareArgmax.js'
import { gridOf } from './gridOf.js'
import { relativeErrors } from './relativeErrors.js'
import { sumParts } from './sumParts.js'
import { sumUp } from './sumUp.js'
import { ulpCounts } from './ulpCounts.js'

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
    ...relativeErrors(a, b, relativeFloor * sums.referenceMaxAbs),
    ulp: ulpCounts(areFloat32 ? a : emptyFloats, areFloat32 ? b : emptyFloats),
    referenceGrid: gridOf(a, b),
    candidateGrid: gridOf(b, a),
    argmax: request.classes ? compareArgmax(a, b, request.classes, explainedBy) : null,
    parts: request.parts?.length ? sumParts(a, b, request.parts) : [],
  }
}

const emptyFloats = new Float32Array()
