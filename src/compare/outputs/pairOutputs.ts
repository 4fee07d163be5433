import { answering } from '../../errors/answering.js'
import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { shapeKey } from '../layers/BlobGraph.js'
import { similarity } from '../layers/LayerMatcher.js'
import { sampleOf } from '../layers/RecordedReference.js'
import {
  type NamePair,
  type OutputPair,
  type OutputPairing,
  type Partner,
  PartnerSearch,
  pnnxNumber,
} from './PartnerSearch.js'

export interface PairOptions {
  /** Pairs that are known, before anything else is asked. Names that are not there are passed over. */
  readonly pairs?: readonly (readonly [reference: string, candidate: string])[]
  /**
   * Whether the reference's order is the original network's, which an .onnx has and an .mnn need not: what pnnx's
   * numbers count. `perhaps` takes it for that unless the values plainly say otherwise, as of recorded outputs, whose
   * order is their writer's. Default: true.
   */
  readonly isReferenceOriginal?: boolean | 'perhaps'
  /** The same of the candidate. Default: false. */
  readonly isCandidateOriginal?: boolean
  /** The reference's names in its order, which an object need not keep: names that are numbers come first in one. */
  readonly referenceNames?: readonly string[]
  /** The same of the candidate. */
  readonly candidateNames?: readonly string[]
}

const optionNames: OptionNames<PairOptions> = {
  pairs: true,
  isReferenceOriginal: true,
  isCandidateOriginal: true,
  referenceNames: true,
  candidateNames: true,
}

/** Outputs by name, or their names alone: then nothing can go by value or shape. */
type PairableOutputs = readonly string[] | NamedTensors

/** How much more alike two outputs have to be than any other pair, in dB. */
const clearlyDb = 10
/** How much worse a name has to fit than a number before it is no name but a number, too. */
const farDb = 20

/**
 * Finds each reference output's partner: by what the caller says, by name, by pnnx's numbers, by value, by shape,
 * and by place where as many are left on both sides. Otherwise guessing would compare strangers, so they are
 * reported as missing and extra. A name is never overruled by values, nor is a number where the order is the
 * original's: outputs that are really swapped are a fault.
 */
export const pairOutputs = answering(
  'pairOutputs',
  function pairOutputs(
    reference: PairableOutputs,
    candidate: PairableOutputs,
    options: PairOptions = {},
  ): OutputPairing {
    requireOptions(options, optionNames)
    const { pairs = [], isReferenceOriginal = true, isCandidateOriginal = false } = options
    const outputs = new Likeness(reference, candidate)
    const search = new PartnerSearch(
      partnersOf(reference, options.referenceNames),
      partnersOf(candidate, options.candidateNames),
    )
    search.byGiven(pairs)
    const numbered = isReferenceOriginal ? numberedNames(search, outputs) : []
    for (const pair of numbered) search.take(pair.reference, pair.candidate, 'number')
    search.byName()
    const isRefuted = (found: readonly NamePair[]) =>
      isReferenceOriginal === 'perhaps' && areOtherwise(found, search, outputs)
    if (isReferenceOriginal) search.byNumber('candidate', isRefuted)
    if (isCandidateOriginal) search.byNumber('reference')
    byValue(search, outputs)
    search.byShape()
    search.byNumber('candidate')
    search.byNumber('reference')
    search.byOrder()
    return {
      pairs: search.pairs,
      missing: search.openReference.map(({ name }) => name),
      extra: search.openCandidate.map(({ name }) => name),
    }
  },
)

/** Whether one of these pairs is far less alike than its reference is with another candidate. */
function areOtherwise(pairs: readonly NamePair[], search: PartnerSearch, outputs: Likeness): boolean {
  return pairs.some(([reference, candidate]) => {
    const own = outputs.between(reference, candidate)
    const others = search.openCandidate.map(({ name }) => outputs.between(reference, name))
    return others.some((other) => other >= farDb && !(own > other - farDb))
  })
}

class Likeness {
  readonly #reference: PairableOutputs
  readonly #candidate: PairableOutputs

  constructor(reference: PairableOutputs, candidate: PairableOutputs) {
    this.#reference = reference
    this.#candidate = candidate
  }

  /** In dB; -Infinity where they are not alike, or where only names are known. */
  between(reference: string, candidate: string): number {
    if (isNames(this.#reference) || isNames(this.#candidate)) return -Infinity
    return outputLikeness(this.#reference[reference]!, this.#candidate[candidate]!)
  }
}

function partnersOf(outputs: PairableOutputs, order: readonly string[] = []): readonly Partner[] {
  if (isNames(outputs)) return outputs.map((name) => ({ name }))
  const known = Object.keys(outputs)
  const names = [...new Set([...order.filter((name) => known.includes(name)), ...known])]
  return names.map((name) => ({ name, key: shapeKey(outputs[name]!.shape) }))
}

/** Array.isArray does not narrow readonly arrays. */
function isNames(outputs: PairableOutputs): outputs is readonly string[] {
  return Array.isArray(outputs)
}

/**
 * An original may itself call its outputs out1 and out0: then pnnx's out0 is the original's out1. Which of both it
 * is, only the values tell.
 */
function numberedNames(search: PartnerSearch, outputs: Likeness): readonly Omit<OutputPair, 'by'>[] {
  const [references, candidates] = [search.openReference, search.openCandidate]
  if (references.length !== candidates.length) return []
  const pairs = candidates.flatMap(({ name }) => {
    const reference = references[pnnxNumber(name) ?? -1]
    return reference ? [{ reference: reference.name, candidate: name }] : []
  })
  if (new Set(pairs.map(({ reference }) => reference)).size < references.length) return []
  const crossed = pairs.filter(({ reference, candidate }) => reference !== candidate)
  if (
    crossed.length === 0 ||
    !crossed.every(({ candidate }) => references.some(({ name }) => name === candidate))
  )
    return []
  const least = (likenesses: readonly number[]) => Math.min(...likenesses)
  const numbers = least(crossed.map(({ reference, candidate }) => outputs.between(reference, candidate)))
  const names = least(crossed.map(({ candidate }) => outputs.between(candidate, candidate)))
  return numbers >= farDb && !(names > numbers - farDb) ? pairs : []
}

/** Pairs that are alike where no other partner of either is nearly as much; of twins, nothing is said. */
function byValue(search: PartnerSearch, outputs: Likeness): void {
  const [references, candidates] = [search.openReference, search.openCandidate]
  const likeness = references.map((reference) =>
    candidates.map((candidate) => outputs.between(reference.name, candidate.name)),
  )
  for (const [r, row] of likeness.entries()) {
    for (const [c, own] of row.entries()) {
      const column = likeness.map((other) => other[c]!)
      const isBest = (other: number, at: number, index: number) => at === index || !(other > own - clearlyDb)
      if (own === -Infinity) continue
      if (row.every((other, at) => isBest(other, at, c)) && column.every((other, at) => isBest(other, at, r)))
        search.take(references[r]!.name, candidates[c]!.name, 'value')
    }
  }
}

/** Enough to be the same output, as for layers: most values agree, or all of them roughly. */
const leastAgree = 0.9
const leastDb = 20

/**
 * How alike two outputs are, in dB, by a sample of their values; -Infinity where they are not, by their values or
 * by their shapes.
 */
export function outputLikeness(reference: Tensor, candidate: Tensor): number {
  if (shapeKey(reference.shape) !== shapeKey(candidate.shape) || reference.length === 0) return -Infinity
  const { agree, sqnrDb } = similarity(sampleValues(reference), sampleValues(candidate))
  return agree >= leastAgree || sqnrDb >= leastDb ? Math.max(sqnrDb, 0) : -Infinity
}

function sampleValues(tensor: Tensor): Float32Array {
  const values = float32Values(tensor)
  return sampleOf(values instanceof Float32Array ? values : Float32Array.from(values))
}
