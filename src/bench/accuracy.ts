import { measureOutput } from '../compare/outputs/compareOutputs.js'
import { pairOutputs } from '../compare/outputs/pairOutputs.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Accuracy } from './BenchReport.js'

export const noAccuracy: Accuracy = { sqnrDb: null, cosine: null, top1Agree: null, flips: null }

export interface RanOutputs {
  /** For each input what came out. */
  readonly outputs: readonly NamedTensors[]
  /** In the model's order. */
  readonly names: readonly string[]
  /** They are the .onnx's, or were recorded from it: then numbered outputs count in its order. */
  readonly isOriginal: boolean
}

/**
 * The worst SQNR and cosine over all outputs and inputs, and how often the best class agrees. An output that has no
 * counterpart, or another shape, leaves nothing to be measured: all is null.
 */
export function measureAccuracy(reference: RanOutputs, candidate: RanOutputs): Accuracy {
  let [sqnrDb, cosine]: (number | null)[] = [null, null]
  let [flips, positions, hasClasses] = [0, 0, false]
  for (const [at, expected] of reference.outputs.entries()) {
    const own = candidate.outputs[at]!
    const { pairs, missing } = pairOutputs(expected, own, {
      isReferenceOriginal: reference.isOriginal,
      isCandidateOriginal: candidate.isOriginal,
      referenceNames: reference.names,
      candidateNames: candidate.names,
    })
    if (missing.length > 0 || pairs.length === 0) return noAccuracy
    for (const pair of pairs) {
      const measured = measureOutput(pair.reference, expected[pair.reference]!, own[pair.candidate]!)
      if (typeof measured === 'string' || measured.sqnrDb === null) return noAccuracy
      sqnrDb = Math.min(sqnrDb ?? measured.sqnrDb, measured.sqnrDb)
      cosine = lesser(cosine ?? null, measured.cosine)
      if (measured.top1Agree === null) continue
      hasClasses = true
      flips += measured.argmaxFlips
      positions += measured.argmaxCount
    }
  }
  return {
    sqnrDb: sqnrDb ?? null,
    cosine: cosine ?? null,
    top1Agree: hasClasses && positions > 0 ? 1 - flips / positions : null,
    flips: hasClasses ? flips : null,
  }
}

function lesser(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}
