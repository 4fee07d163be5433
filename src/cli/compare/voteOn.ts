import { judge, type Vote, type VotePair, vote } from '../../compare/index.js'
import { measureOutput } from '../../compare/outputs/measureOutput.js'
import type { FinishedCandidate, FinishedComparison } from './FinishedComparison.js'

/** The vote of the reference and its candidates, each of which was held against the reference already. */
export function voteOn({ reference, candidates }: Omit<FinishedComparison, 'document'>): Vote | null {
  if (candidates.length < 2) return null
  const a = reference.summary.model
  const names = Object.keys(reference.outputs)
  const withReference = candidates.flatMap(({ compared }) =>
    compared.outputs.map(({ name, sqnrDb = null, verdict }): VotePair => {
      return { a, b: compared.model, output: name, sqnrDb, agree: verdict.pass }
    }),
  )
  const amongCandidates = candidates.flatMap((one, index) =>
    candidates.slice(index + 1).flatMap((other) => names.map((name) => comparePair(name, one, other))),
  )
  return vote(
    [a, ...candidates.map(({ compared }) => compared.model)],
    [...withReference, ...amongCandidates],
  )
}

function comparePair(output: string, one: FinishedCandidate, other: FinishedCandidate): VotePair {
  const pair = { a: one.compared.model, b: other.compared.model, output }
  const [a, b] = [one.outputs[output], other.outputs[output]]
  const comparison = a && b && measureOutput(output, a, b)
  if (comparison === undefined || typeof comparison === 'string')
    return { ...pair, sqnrDb: null, agree: false }
  // The wider of both rules: what is bf16 may be as far from an fp32 candidate as from the reference.
  const agree = [one, other].some(
    ({ judging: { judgedAs, context } }) => judgedAs && judge(comparison, judgedAs.precision, context).pass,
  )
  return { ...pair, sqnrDb: comparison.sqnrDb, agree }
}
