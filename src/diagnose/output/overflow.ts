import type { JudgedPrecision } from '../../compare/judge/passRules.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Cause, Rejected } from '../Cause.js'
import type { OutputPair } from './OutputSamples.js'
import { fixForPrecision } from './outputFixes.js'

/** Where fp16 ends. */
const largestHalf = 65504

/** What is counted in all samples of an output. */
interface Counts {
  readonly elements: number
  readonly candidateNan: number
  readonly candidateInf: number
  readonly referenceNan: number
  readonly referenceInf: number
  /** Candidate's values at ±65504 where the reference's are not. */
  readonly saturated: number
  readonly referenceMaxAbs: number
  /** Zeros of the candidate where the reference has none. */
  readonly zeros: number
}

/**
 * Signs of an overflow: NaN, Infinity or the largest fp16 in the candidate alone, with a precision that ends at 65504.
 * The model must confirm it: damaged weights give NaN as well.
 */
export function findOverflow(
  pairs: readonly OutputPair[],
  precision: JudgedPrecision | null,
): { readonly cause: Cause | null; readonly rejected: Rejected | null } {
  const counts = countPairs(pairs)
  const { candidateNan, candidateInf, saturated, referenceMaxAbs, elements } = counts
  const nonFinite = candidateNan + candidateInf
  if (nonFinite + saturated === 0 && referenceMaxAbs <= largestHalf) return { cause: null, rejected: null }
  const name = pairs[0]!.name
  const what = [
    ...(candidateNan > 0 ? [`${candidateNan} NaN`] : []),
    ...(candidateInf > 0 ? [`${candidateInf} infinities`] : []),
    ...(saturated > 0 ? [`${saturated} values at ±65504, where fp16 ends,`] : []),
  ].join(' and ')
  const evidence = { output: name, precision, ...counts }
  const isHalf = precision === null || precision === 'fp16' || precision === 'fp16-storage'
  if (saturated === 0 && (!isHalf || nonFinite === 0)) {
    return {
      cause: null,
      rejected: {
        code: 'PRECISION_OVERFLOW',
        message:
          nonFinite > 0
            ? `'${name}' has ${what} among ${elements} values, but ${precision} does not end at 65504.`
            : `'${name}' of the reference reaches ${referenceMaxAbs}, beyond fp16, but the candidate's is finite.`,
        evidence,
      },
    }
  }
  return {
    cause: {
      code: 'PRECISION_OVERFLOW',
      confidence: saturated > 0 ? 0.7 : precision === null ? 0.4 : 0.6,
      message: `'${name}' has ${what} among ${elements} values, the reference has not: a value left the range of fp16 (65504), in this output or before it.`,
      evidence,
      fix: fixForPrecision('fp16'),
    },
    rejected: null,
  }
}

export function countPairs(pairs: readonly OutputPair[]): Counts {
  const counts = {
    elements: 0,
    candidateNan: 0,
    candidateInf: 0,
    referenceNan: 0,
    referenceInf: 0,
    saturated: 0,
    referenceMaxAbs: 0,
    zeros: 0,
  }
  for (const { reference, candidate } of pairs) {
    const [a, b] = [float32Values(reference), float32Values(candidate)]
    counts.elements += b.length
    for (let i = 0; i < b.length; i++) {
      const value = b[i]!
      if (Number.isNaN(value)) counts.candidateNan++
      else if (!Number.isFinite(value)) counts.candidateInf++
      else if (Math.abs(value) === largestHalf && Math.abs(a[i] ?? 0) !== largestHalf) counts.saturated++
      else if (value === 0 && a[i] !== 0) counts.zeros++
    }
    for (const value of a) {
      if (Number.isNaN(value)) counts.referenceNan++
      else if (!Number.isFinite(value)) counts.referenceInf++
      else if (Math.abs(value) > counts.referenceMaxAbs) counts.referenceMaxAbs = Math.abs(value)
    }
  }
  return counts
}
