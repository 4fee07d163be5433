import type { NativeGrid } from '../native.js'
import { elementsOf } from '../tensor/elementsOf.js'
import { float32Values } from '../tensor/float32Values.js'
import { findPartErrors, wholeOf } from './findPartErrors.js'
import type { GridShare } from './GridShare.js'
import { isComparable } from './isComparable.js'
import type { Measurement } from './Measurement.js'
import type { Extras } from './measureExtras.js'
import type { OutputComparison } from './OutputComparison.js'
import { PartReader } from './PartReader.js'
import type { ComparisonPlan } from './planComparison.js'
import { cosineOf, sqnrOf } from './ratios.js'
import { toUlpHistogram } from './toUlpHistogram.js'
import { worstElement } from './worstElement.js'

/** The numbers that people read, from what was measured. */
export function describeComparison(
  plan: ComparisonPlan,
  measurement: Measurement,
  { topKOverlap, details }: Extras,
): OutputComparison {
  const { reference, candidate, labels } = plan
  const { sums, argmax, maxRel, sumRel, countRel } = measurement
  const comparable = isComparable(sums) && labels === null
  const perElement = (sum: number) => sum / Math.max(sums.finite, 1)
  return {
    name: plan.name,
    shape: reference.shape,
    elements: elementsOf(reference.shape), // not its length: it may have been given away meanwhile
    sqnrDb: comparable ? sqnrOf(sums) : null,
    cosine: comparable ? cosineOf(sums) : null,
    maxAbs: sums.maxAbs,
    meanAbs: perElement(sums.absError),
    maxRel,
    meanRel: sumRel / Math.max(countRel, 1),
    rmse: Math.sqrt(perElement(sums.errorPower)),
    meanError: perElement(sums.error),
    referenceMaxAbs: sums.referenceMaxAbs,
    nan: sums.nan,
    inf: sums.inf,
    referenceNan: sums.referenceNan,
    referenceInf: sums.referenceInf,
    worst: worstElement(measurement, reference.shape),
    top1Agree: argmax === null ? null : argmax.argmaxFlips === 0,
    argmaxFlips: argmax?.argmaxFlips ?? 0,
    explainedFlips: argmax?.explainedFlips ?? 0,
    argmaxCount: argmax?.argmaxCount ?? 0,
    ...(labels && { labels }),
    ulp:
      reference.dtype === 'float32' && candidate.dtype === 'float32' ? toUlpHistogram(measurement.ulp) : null,
    parts: comparable
      ? findPartErrors(measurement.parts, plan.partAxes, wholeOf(sums), readerOf(plan))
      : null,
    referenceGrid: gridShare(measurement.referenceGrid, details?.referenceInt8),
    candidateGrid: gridShare(measurement.candidateGrid, details?.candidateInt8),
    ...(topKOverlap !== undefined && { topKOverlap }),
    ...(details && {
      sortedSqnrDb: isComparable(sums) ? details.sortedSqnrDb : null,
      channelFit: isComparable(sums) ? details.channelFit : null,
    }),
  }
}

function readerOf({ reference, candidate }: ComparisonPlan): PartReader {
  return new PartReader(() => [float32Values(reference), float32Values(candidate)], reference.shape)
}

function gridShare({ judged, fp16, bf16 }: NativeGrid, int8: number | null = null): GridShare {
  const share = (count: number) => count / Math.max(judged, 1)
  return { fp16: share(fp16), bf16: share(bf16), int8, judged }
}
