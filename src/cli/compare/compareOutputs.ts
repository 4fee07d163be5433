import { compareTensors, type JudgedPrecision, judge, pairOutputs, passRules } from '../../compare/index.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { Tensor } from '../../tensor/index.js'
import type { RunOutputs } from '../models/RunnableModel.js'
import type { ComparedOutput, OutputVerdict } from './Comparison.js'
import type { Reference } from './obtainReference.js'

/** Measures and judges every output of the reference. What has no counterpart fails: nothing is skipped. */
export function compareOutputs(
  { outputs: reference }: Pick<Reference, 'outputs'>,
  candidate: RunOutputs,
  precision: string,
): readonly ComparedOutput[] {
  const { pairs, missing } = pairOutputs(Object.keys(reference), Object.keys(candidate))
  const compared = pairs.map((pair) => ({
    ...compareOne(pair.reference, reference[pair.reference]!, candidate[pair.candidate]!, precision),
    ...(pair.candidate !== pair.reference && { candidateName: pair.candidate }),
  }))
  return [...compared, ...missing.map((name) => missingOutput(name, Object.keys(candidate)))]
}

function compareOne(name: string, reference: Tensor, candidate: Tensor, precision: string): ComparedOutput {
  try {
    const comparison = compareTensors(reference, candidate, { name })
    return { ...comparison, verdict: isJudged(precision) ? judge(comparison, precision) : noRule(precision) }
  } catch (error) {
    if (error instanceof TwinferError && error.code === 'TWINFER_SHAPE_MISMATCH') {
      return { name, verdict: { pass: false, reason: error.message } }
    }
    throw error
  }
}

function isJudged(precision: string): precision is JudgedPrecision {
  return Object.hasOwn(passRules, precision)
}

function noRule(precision: string): OutputVerdict {
  return {
    pass: false,
    inconclusive: true,
    reason: `no pass rule is known for the precision that ran (${precision})`,
  }
}

function missingOutput(name: string, names: readonly string[]): ComparedOutput {
  const reason = `the candidate has no counterpart of this output (it has ${names.join(', ') || 'none'})`
  return { name, verdict: { pass: false, reason } }
}
