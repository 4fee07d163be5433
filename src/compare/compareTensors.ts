import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'
import { float32Values } from '../tensor/float32Values.js'
import { requireTensor } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { CompareOptions } from './CompareOptions.js'
import { compareArgmax } from './compareArgmax.js'
import { cosineOf } from './cosineOf.js'
import { findClassAxis } from './findClassAxis.js'
import { powerRatioDb } from './identicalDb.js'
import { isComparable } from './isComparable.js'
import { largestRelativeError } from './largestRelativeError.js'
import type { OutputComparison } from './OutputComparison.js'
import { overlapOfTopK } from './overlapOfTopK.js'
import { requireSameShape } from './requireSameShape.js'
import { sumUp } from './sumUp.js'
import { worstElement } from './worstElement.js'

/** Reference values below this share of the largest one are left out of maxRel. */
const relativeFloor = 1e-6

/**
 * Measures how far an output is from its reference; `judge` says whether that is good enough. Any element
 * types, also different ones. Shapes must be equal save for leading dimensions of 1.
 *
 * Throws TWINFER_SHAPE_MISMATCH, and TWINFER_INVALID_ARGUMENT for options of no use to these shapes.
 */
export function compareTensors(
  reference: Tensor,
  candidate: Tensor,
  options: CompareOptions = {},
): OutputComparison {
  const name = options.name ?? 'output'
  requireSameShape(
    name,
    requireTensor(reference, `${name}: reference`),
    requireTensor(candidate, `${name}: candidate`),
  )
  const axis = findClassAxis(reference, candidate, options.classAxis)
  const topK = requireTopK(options.topK)
  const [a, b] = [float32Values(reference), float32Values(candidate)]
  const sums = sumUp(a, b)
  const comparable = isComparable(sums)
  const argmax = axis === null ? null : compareArgmax(a, b, axis)
  return {
    name,
    shape: reference.shape,
    elements: a.length,
    sqnrDb: comparable ? powerRatioDb(sums.referencePower, sums.errorPower) : null,
    cosine: comparable ? cosineOf(sums) : null,
    maxAbs: sums.maxAbs,
    maxRel: sums.maxAbs === 0 ? 0 : largestRelativeError(a, b, relativeFloor * sums.referenceMaxAbs),
    rmse: Math.sqrt(sums.errorPower / Math.max(sums.finite, 1)),
    meanError: sums.error / Math.max(sums.finite, 1),
    referenceMaxAbs: sums.referenceMaxAbs,
    nan: sums.nan,
    inf: sums.inf,
    referenceNan: sums.referenceNan,
    referenceInf: sums.referenceInf,
    worst: worstElement(sums, a, b, reference.shape),
    top1Agree: argmax === null ? null : argmax.argmaxFlips === 0,
    argmaxFlips: argmax?.argmaxFlips ?? 0,
    explainedFlips: argmax?.explainedFlips ?? 0,
    argmaxCount: argmax?.argmaxCount ?? 0,
    ...(topK === undefined ? {} : { topKOverlap: axis === null ? null : overlapOfTopK(a, b, axis, topK) }),
  }
}

function requireTopK(topK: number | undefined): number | undefined {
  if (topK === undefined || (Number.isSafeInteger(topK) && topK > 0)) return topK
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `topK: expected a whole number > 0, received ${describeValue(topK)}`,
    {
      help: 'Give how many of the best classes to compare, for example 5.',
    },
  )
}
