import { compareTensors, judge, passRules, type Vote, type VotePair, vote } from '../../compare/index.js'
import type { Tensor } from '../../tensor/index.js'
import type { ComparedCandidate } from './Comparison.js'
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
  const [a, b] = [one.outputs[output], other.outputs[output]]
  const pair = { a: one.compared.model, b: other.compared.model, output }
  if (!a || !b || !haveOneShape(a, b)) return { ...pair, sqnrDb: null, agree: false }
  const comparison = compareTensors(a, b, { name: output })
  const lower = lowerPrecision(one.compared, other.compared)
  const agree = lower !== null && judge(comparison, lower).pass
  return { ...pair, sqnrDb: comparison.sqnrDb, agree }
}
