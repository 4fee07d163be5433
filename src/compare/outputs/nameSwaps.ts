import type { NamedTensors } from '../../tensor/NamedTensors.js'
import { outputLikeness } from '../outputLikeness.js'
import type { ComparedOutput } from './ComparedOutput.js'

/** How much more an output has to be like another one than like its own, in dB. */
const farDb = 20

/**
 * Failed outputs that are like another output of the reference, and far less like their own: what a swap, or a graph
 * whose outputs are in another order, looks like. They fail as before, and say so: whoever reads them by their names
 * gets the other one.
 */
export function nameSwaps(
  outputs: readonly ComparedOutput[],
  reference: NamedTensors,
  candidate: NamedTensors,
): readonly ComparedOutput[] {
  const failed = outputs.filter(({ verdict }) => !verdict.pass)
  const held = new Map<string, string>()
  for (const output of failed) {
    const holds = otherOutput(output, reference, candidate[nameOf(output)]!)
    if (holds !== undefined) held.set(output.name, holds)
  }
  return outputs.map((output) => {
    const holds = held.get(output.name)
    return holds === undefined ? output : withSwap(output, holds, held)
  })
}

function otherOutput({ name }: ComparedOutput, reference: NamedTensors, own: NamedTensors[string]) {
  const likenesses = Object.keys(reference)
    .filter((other) => other !== name)
    .map((other) => ({ other, db: outputLikeness(reference[other]!, own) }))
    .sort((a, b) => b.db - a.db)
  const [best] = likenesses
  if (!best || best.db < farDb) return undefined
  const isOwn = outputLikeness(reference[name]!, own) > best.db - farDb
  return isOwn ? undefined : best.other
}

function withSwap(output: ComparedOutput, holds: string, held: ReadonlyMap<string, string>): ComparedOutput {
  const { name, verdict } = output
  const isSwap = held.get(holds) === name
  const what = isSwap
    ? `the outputs '${name}' and '${holds}' are swapped: '${nameOf(output)}' holds the values of '${holds}'`
    : `'${nameOf(output)}' holds the values of '${holds}', not those of '${name}'`
  return {
    ...output,
    holds,
    verdict: { ...verdict, reason: `${what} (${verdict.reason})` },
    explanation: { code: 'swapped-outputs', message: what },
  }
}

const nameOf = ({ name, candidateName = name }: ComparedOutput) => candidateName
