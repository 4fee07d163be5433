import { TwinferError } from '../../errors/TwinferError.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { type Explanation, explain } from '../judge/explain.js'
import { judge, type Verdict } from '../judge/judge.js'
import type { JudgeContext, JudgedAs } from '../judge/passRules.js'
import type { LayersComparison } from '../layers/LayerComparison.js'
import { compareTensors } from '../measure/compareTensors.js'
import type { OutputComparison } from '../measure/OutputComparison.js'
import type { OutputPairing, PairedBy } from './PartnerSearch.js'
import { outputLikeness } from './pairOutputs.js'

/** One output of a candidate. The measurements are absent where there was nothing to measure. */
export type ComparedOutput = Partial<OutputComparison> & {
  readonly name: string
  /** What the candidate calls it, where that is another name. */
  readonly candidateName?: string
  /** Why these two are compared; absent where nothing was. */
  readonly pairedBy?: PairedBy
  /** The reference's output whose values these are, where that is another one. */
  readonly holds?: string
  /** What the numbers look like, where the verdict is no pass; null: they tell nothing. */
  readonly explanation?: Explanation | null
  readonly verdict: OutputVerdict
}

/** The short form where nothing was measured, or nobody can say which rule holds for the precision that ran. */
export type OutputVerdict =
  | Verdict
  | { readonly pass: false; readonly inconclusive?: true; readonly reason: string; readonly wouldPass?: null }

/** What decides whether an output passes. */
export interface Judging {
  /** Null where no rule is known for what ran. */
  readonly judgedAs: JudgedAs | null
  /** The precision that ran. */
  readonly ran: string
  readonly context: JudgeContext
}

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

/** The comparison of two outputs, or in words why their shapes allow none. */
export function measureOutput(name: string, reference: Tensor, candidate: Tensor): OutputComparison | string {
  try {
    return compareTensors(reference, candidate, { name })
  } catch (error) {
    if (error instanceof TwinferError && error.code === 'TWINFER_SHAPE_MISMATCH') return error.message
    throw error
  }
}

/** How much more an output has to be like another one than like its own, in dB. */
const farDb = 20

/**
 * Failed outputs that are like another output of the reference, and far less like their own: what a swap, or a graph
 * whose outputs are in another order, looks like. They fail as before, and say so: whoever reads them by their names
 * gets the other one.
 */
function nameSwaps(
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

/** A failed verdict with the place where it goes wrong, as far as the layers tell. */
export function nameLayer(verdict: OutputVerdict, layers: LayersComparison | undefined): OutputVerdict {
  if (verdict.pass || !layers) return verdict
  const divergence = layers.firstDivergence
  if (!divergence) return nameUnmatched(verdict, layers)
  const { damage, name, type, reason } = divergence
  const isPlace = damage === 'whole-layer' || damage === 'few-channels'
  const where = isPlace ? `first wrong layer ${name} (${type}): ${reason}` : reason
  return { ...verdict, reason: `${verdict.reason}; ${where}` }
}

/** What is wrong may be like nothing in the reference: the first such layer is where to look. */
function nameUnmatched(verdict: OutputVerdict, { layers }: LayersComparison): OutputVerdict {
  const first = layers.find(({ reference }) => reference === null)
  if (!first) return verdict
  const where = `the first layer without a counterpart in the reference is ${first.name} (${first.type})`
  return { ...verdict, reason: `${verdict.reason}; no layer that has one diverges, ${where}` }
}

/** The verdict on a candidate: that on its worst output, with the output's name where there are several. */
export function summariseVerdicts(outputs: readonly ComparedOutput[]): OutputVerdict {
  const [first, ...rest] = outputs
  if (!first) return { pass: false, reason: 'the reference has no outputs: nothing was compared' }
  const worst = rest.reduce((a, b) => (severity(b) > severity(a) ? b : a), first)
  return rest.length === 0
    ? worst.verdict
    : { ...worst.verdict, reason: `${worst.name}: ${worst.verdict.reason}` }
}

/** Failed over inconclusive over passed; within the same, the less it would pass at, the worse. */
function severity({ verdict }: ComparedOutput): number {
  const margin = 'wouldPassAtDb' in verdict ? (verdict.wouldPassAtDb ?? -1000) - verdict.floorDb : -1000
  const rank = verdict.pass ? 0 : verdict.inconclusive ? 1 : 2
  return rank * 10_000 - margin
}
