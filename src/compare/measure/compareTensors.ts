import { answering } from '../../errors/answering.js'
import type { NativeGrid } from '../../native/NativeMetrics.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { Tensor } from '../../tensor/Tensor.js'
import { findPartErrors, wholeOf } from './findPartErrors.js'
import { isComparable, type Measurement } from './Measurement.js'
import { measure, measureAsync } from './measure.js'
import { type Extras, measureExtras } from './measureExtras.js'
import type { GridShare, OutputComparison, UlpHistogram, WorstElement } from './OutputComparison.js'
import { metricValues } from './outputMetrics.js'
import { PartReader } from './PartReader.js'
import { type CompareOptions, type ComparisonPlan, planComparison } from './planComparison.js'

/**
 * Measures how far an output is from its reference; `judge` says whether that is good enough. Any element
 * types, also different ones. Shapes must be equal save for leading dimensions of 1. Uses the addon where it
 * can be loaded, and gives the same numbers without it.
 *
 * Throws TWINFER_SHAPE_MISMATCH, and TWINFER_INVALID_ARGUMENT for options of no use to these shapes.
 */
export const compareTensors = answering(
  'compareTensors',
  function compareTensors(reference: Tensor, candidate: Tensor, options?: CompareOptions): OutputComparison {
    const plan = planComparison(reference, candidate, options)
    return describeComparison(plan, measure(reference, candidate, plan.request), measureExtras(plan))
  },
)

/**
 * `compareTensors` off the event loop, for large outputs: copies both, then measures on the addon's own threads.
 * Only what `topK` and `details` ask for is still computed on the calling thread. Rejects with what `compareTensors` throws.
 */
export const compareTensorsAsync = answering(
  'compareTensorsAsync',
  async function compareTensorsAsync(
    reference: Tensor,
    candidate: Tensor,
    options?: CompareOptions,
  ): Promise<OutputComparison> {
    const given = planComparison(reference, candidate, options)
    // The caller may give the data away at once, and parts that stand out are read again afterwards.
    const plan = given.request.parts
      ? { ...given, reference: copyOf(reference), candidate: copyOf(candidate) }
      : given
    const measuring = measureAsync(plan.reference, plan.candidate, plan.request)
    const extras = measureExtras(plan) // now, for the same reason
    return describeComparison(plan, await measuring, extras)
  },
)

function copyOf({ data, shape, dtype, layout }: Tensor): Tensor {
  return new Tensor(data.slice(), shape, { dtype, layout })
}

/** The numbers that people read, from what was measured. */
function describeComparison(
  plan: ComparisonPlan,
  measurement: Measurement,
  { topKOverlap, details }: Extras,
): OutputComparison {
  const { reference, candidate, labels } = plan
  const { sums, argmax } = measurement
  const comparable = isComparable(sums) && labels === null
  return {
    name: plan.name,
    shape: reference.shape,
    elements: elementsOf(reference.shape), // not its length: it may have been given away meanwhile
    ...metricValues(measurement, labels === null),
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

function toUlpHistogram(counts: readonly number[]): UlpHistogram {
  return { edges: counts.map((_, bin) => (bin === 0 ? 0 : 2 ** (bin - 1))), counts }
}

/** The element to look at first, with its place in the shape. */
function worstElement({ worst }: Pick<Measurement, 'worst'>, shape: readonly number[]): WorstElement | null {
  return worst && { ...worst, coordinate: coordinateOf(worst.index, shape) }
}

/** The multi-index into `shape` of a position in C order. */
export function coordinateOf(index: number, shape: readonly number[]): number[] {
  let rest = index
  return shape
    .toReversed()
    .map((size) => {
      const at = rest % size
      rest = Math.floor(rest / size)
      return at
    })
    .reverse()
}
