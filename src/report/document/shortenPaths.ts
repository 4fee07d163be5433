import { distinctTails } from '../../compare/distinctTails.js'
import type { ReportedComparison, ReportedModel } from './ReportedComparison.js'

/** A comparison whose models go by as much of their paths as tells them apart; the whole ones are in `path`. */
export function shortenPaths(comparison: ReportedComparison): ReportedComparison {
  const { reference, candidates, vote } = comparison
  const tails = distinctTails([reference, ...candidates].map(({ model }) => model))
  const shorten = <Model extends ReportedModel>(one: Model): Model => ({
    ...one,
    model: tails.get(one.model)!,
    path: one.model,
  })
  const short = (name: string) => tails.get(name) ?? name
  return {
    reference: shorten(reference),
    candidates: candidates.map(shorten),
    ...(vote && {
      vote: { ...vote, pairs: vote.pairs.map((pair) => ({ ...pair, a: short(pair.a), b: short(pair.b) })) },
    }),
  }
}
