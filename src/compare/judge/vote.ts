import { answering } from '../../errors/answering.js'

/** One output of two runs, compared with each other. */
export interface VotePair {
  /** Names of the two runs. */
  readonly a: string
  readonly b: string
  readonly output: string
  /** Null where they cannot be compared: NaN on one side only, other shapes, a missing output. */
  readonly sqnrDb: number | null
  /** Whether they differ by no more than the lower of both precisions allows. */
  readonly agree: boolean
}

export interface Vote {
  /** The run that none of the others agrees with, while these agree among themselves; null: there is none. */
  readonly oddOneOut: string | null
  readonly pairs: readonly VotePair[]
  readonly message: string
}

/**
 * Who is the odd one out among three or more runs of one network, the first of which is the reference; null for
 * fewer runs. Two runs agree where they do in all outputs.
 */
export const vote = answering(
  'vote',
  function vote(runs: readonly string[], pairs: readonly VotePair[]): Vote | null {
    if (runs.length < 3) return null
    const disagreeing = pairs.filter(({ agree }) => !agree)
    const disputes = new Set(disagreeing.map(({ a, b }) => [a, b].sort().join('\0')))
    const involved = (run: string) =>
      runs.filter((other) => disputes.has([run, other].sort().join('\0'))).length
    const odd = runs.filter((run) => involved(run) === runs.length - 1 && disputes.size === runs.length - 1)
    const oddOneOut = odd.length === 1 ? odd[0]! : null
    const tails = distinctTails(runs)
    const shown = oddOneOut === null ? null : tails.get(oddOneOut)!
    const message = messageFor(
      shown,
      runs.map((run) => tails.get(run)!),
      disputes.size,
    )
    return { oddOneOut, pairs, message }
  },
)

function messageFor(
  odd: string | null,
  [reference, ...candidates]: readonly string[],
  disputes: number,
): string {
  if (disputes === 0) return 'all agree'
  if (odd === null) return 'more than one differs: no majority says which is right'
  return odd === reference
    ? `${candidates.join(' and ')} agree with each other and not with ${odd}: look at the reference or at the input, not at the conversions`
    : `${odd} is the odd one out: look at its conversion or its engine`
}

/**
 * The shortest end of each path, in whole names, that no other path ends with: what people need to tell files apart
 * whose folders they know. What is no path, or the same twice, stays as it is.
 */
export function distinctTails(paths: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(paths)]
  return new Map(distinct.map((path) => [path, tailOf(path, distinct)]))
}

function tailOf(path: string, paths: readonly string[]): string {
  const names = path.split(/(?<=[/\\])/)
  for (let count = 1; count < names.length; count++) {
    const tail = names.slice(-count).join('')
    const isShared = paths.some((other) => other !== path && (other === tail || endsWithNames(other, tail)))
    if (tail !== '' && !isShared) return tail
  }
  return path
}

function endsWithNames(path: string, tail: string): boolean {
  return path.endsWith(`/${tail}`) || path.endsWith(`\\${tail}`)
}
