import type { NativeSums } from '../../native.js'
import type { Scores } from './Scores.js'

/** The one pass over the data; sums are doubles. Both arrays have the same length. */
export function sumUp(reference: Scores, candidate: Scores): NativeSums {
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
