import type { NamedTensors } from '../../tensor/NamedTensors.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { compareTensors } from '../compareTensors.js'
import { explain } from '../explain.js'
import { judge } from '../judge.js'
import type { OutputPairing } from '../OutputPair.js'
import type { ComparedOutput, OutputVerdict } from './ComparedOutput.js'
import type { Judging } from './Judging.js'
import { measureOutput } from './measureOutput.js'
import { nameSwaps } from './nameSwaps.js'

/** Measures and judges every output of the reference. What has no counterpart fails: nothing is skipped. */
export function compareOutputs(
  reference: NamedTensors,
  candidate: NamedTensors,
  { pairs, missing }: OutputPairing,
  judgingOf: (name: string, candidateName: string) => Judging,
): readonly ComparedOutput[] {
  const compared = pairs.map((pair): ComparedOutput => {
    const judging = judgingOf(pair.reference, pair.candidate)
    const output = compareOne(pair.reference, reference[pair.reference]!, candidate[pair.candidate]!, judging)
    const named = pair.candidate === pair.reference ? output : { ...output, candidateName: pair.candidate }
    return { ...named, pairedBy: pair.by }
  })
  return [
    ...nameSwaps(compared, reference, candidate),
    ...missing.map((name) => missingOutput(name, Object.keys(candidate))),
  ]
}

function compareOne(
  name: string,
  reference: Tensor,
  candidate: Tensor,
  { judgedAs, ran, context }: Judging,
): ComparedOutput {
  const comparison = measureOutput(name, reference, candidate)
  if (typeof comparison === 'string') return { name, verdict: { pass: false, reason: comparison } }
  const verdict = judgedAs ? judge(comparison, judgedAs.precision, context) : noRule(ran)
  if (verdict.pass || !('floorDb' in verdict)) return { ...comparison, verdict }
  // Only now: what tells causes apart takes several times as long to measure.
  const detailed = compareTensors(reference, candidate, { name, details: true })
  return { ...detailed, explanation: explain(detailed, { floorDb: verdict.floorDb, ran }), verdict }
}

function noRule(precision: string): OutputVerdict {
  return {
    pass: false,
    inconclusive: true,
    reason: `no pass rule is known for the precision that ran (${precision}): give --judge-as or --tolerance`,
  }
}

function missingOutput(name: string, names: readonly string[]): ComparedOutput {
  const reason = `the candidate has no counterpart of this output (it has ${names.join(', ') || 'none'})`
  return { name, verdict: { pass: false, reason } }
}
