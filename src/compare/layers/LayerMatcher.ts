import { powerRatioDb } from '../../format/numbers.js'
import { quickError } from '../measure/measure.js'
import type { BlobGraph } from './BlobGraph.js'
import { type RecordedReference, type RecordedTensor, sampleOf } from './RecordedReference.js'

/** Enough to be the same tensor: most values agree (some channels may be broken), or all of them roughly. */
const leastAgree = 0.9
const leastDb = 20
/** How many equally similar tensors are told apart by all of their values instead of a sample. */
const mostCompared = 4

/** The reference's tensor for blobs of the candidate. */
export type Matches = ReadonlyMap<string, RecordedTensor>

type Scored = Similarity & { readonly tensor: RecordedTensor }

/** Finds the reference's tensor for each blob of one run of the candidate, in order, by shape and value. */
export class LayerMatcher {
  readonly matches = new Map<string, RecordedTensor>()
  readonly #used = new Set<RecordedTensor>()
  readonly #reference: RecordedReference
  readonly #graph: BlobGraph

  readonly #misfits: Matches

  /** `misfits`: what a blob was taken for and is not. */
  constructor(reference: RecordedReference, graph: BlobGraph, misfits: Matches) {
    this.#reference = reference
    this.#graph = graph
    this.#misfits = misfits
  }

  isUsed(tensor: RecordedTensor): boolean {
    return this.#used.has(tensor)
  }

  set(blob: string, tensor: RecordedTensor): void {
    this.matches.set(blob, tensor)
    this.#used.add(tensor)
  }

  match(blob: string, shape: readonly number[], values: Float32Array): RecordedTensor | undefined {
    const sample = sampleOf(values)
    const scored = this.#reference
      .withShape(shape)
      .filter((tensor) => this.#misfits.get(blob) !== tensor)
      .map((tensor) => ({ tensor, ...similarity(tensor.sample, sample) }))
      .filter(({ agree, sqnrDb }) => agree >= leastAgree || sqnrDb >= leastDb)
    const chosen = this.#choose(this.#ties(scored), blob, values)
    if (chosen) this.set(blob, chosen)
    return chosen
  }

  #ties(scored: readonly Scored[]): readonly RecordedTensor[] {
    const agree = Math.max(...scored.map((one) => one.agree)) - 0.02
    const close = scored.filter((one) => one.agree >= agree)
    const sqnrDb = Math.max(...close.map((one) => one.sqnrDb)) - 10
    return close.filter((one) => one.sqnrDb >= sqnrDb).map(({ tensor }) => tensor)
  }

  /** Among equals (an Identity, a ReLU that changes nothing) the next in order that is not taken yet. */
  #choose(ties: readonly RecordedTensor[], blob: string, values: Float32Array): RecordedTensor | undefined {
    if (ties.length < 2) return ties[0]
    const above = this.#graph.ancestors(blob, (name) => this.matches.has(name))
    const anchor = Math.max(-1, ...[...above].map((name) => this.matches.get(name)?.index ?? -1))
    const rank = (tensor: RecordedTensor) =>
      (this.#used.has(tensor) ? 4 : 0) + (tensor.index > anchor ? 0 : 2) + (tensor.blob === blob ? 0 : 1)
    const ordered = [...ties].sort((a, b) => rank(a) - rank(b) || a.index - b.index).slice(0, mostCompared)
    const errors = ordered.map(
      (tensor) => quickError(this.#reference.values(tensor), values).sqnrDb ?? -Infinity,
    )
    const best = Math.max(...errors)
    return ordered.find((_, i) => errors[i]! >= best - 1)
  }
}

interface Similarity {
  /** Share of the values that matter (beyond a tenth of the reference's RMS on either side) that agree within 5 %. */
  readonly agree: number
  /** -Infinity where one side only is not finite. */
  readonly sqnrDb: number
}

/** How alike two samples are. One bad channel ruins the SQNR of a tensor, but not the share that agrees. */
export function similarity(reference: Float32Array, candidate: Float32Array): Similarity {
  let power = 0
  for (const a of reference) if (Number.isFinite(a)) power += a * a
  const rms = Math.sqrt(power / Math.max(1, reference.length))
  let mattering = 0
  let agreeing = 0
  let error = 0
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i]!
    const b = candidate[i]!
    if (Object.is(a, b)) {
      if (!(Math.abs(a) <= 0.1 * rms)) {
        mattering++
        agreeing++
      }
      continue
    }
    const difference = Math.abs(b - a)
    error += difference * difference
    const size = Math.max(Math.abs(a), Math.abs(b))
    if (size <= 0.1 * rms) continue
    mattering++
    if (difference <= 0.05 * Math.max(size, rms)) agreeing++
  }
  const sqnrDb = Number.isFinite(error) ? powerRatioDb(power, error) : -Infinity
  return { agree: mattering === 0 ? 1 : agreeing / mattering, sqnrDb }
}
