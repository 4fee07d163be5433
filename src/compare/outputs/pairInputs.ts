import { TwinferError } from '../../errors/TwinferError.js'
import type { TensorInfo } from '../../model/options.js'
import { castTensor, toLayout } from '../../tensor/convertTensor.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { shapeKey } from '../layers/BlobGraph.js'
import { type OutputPair, PartnerSearch, pnnxNumber } from './PartnerSearch.js'

/** What is known of an input: of a reference's, with the shape that it was given. */
export interface PairableInput {
  readonly name: string
  /** -1 where a dimension is open; undefined where all of them are. */
  readonly shape?: readonly number[] | undefined
  /** Nothing that the model computes depends on it. */
  readonly unused?: boolean | undefined
  /** Nobody gave it: it counts where inputs are counted, and is no partner. */
  readonly absent?: boolean | undefined
}

export interface PairInputOptions {
  /** Pairs that are known, before anything else is asked. */
  readonly given?: readonly (readonly [reference: string, candidate: string])[]
  /**
   * Takes in0, in1, … of the candidate for pnnx's numbers before they are taken for names: an original may call its own
   * inputs so, in another order. Default: false.
   */
  readonly numbersFirst?: boolean
}

export interface InputPairing {
  /** In the reference's order. */
  readonly pairs: readonly OutputPair[]
  /** The reference's inputs that the candidate does not have: a converter drops what nothing reads. */
  readonly dropped: readonly string[]
  /** The candidate's inputs that nobody knows what to feed with. */
  readonly missing: readonly string[]
}

/**
 * Which of the reference's inputs each input of the candidate is: by what the caller says, by name, by pnnx's numbers,
 * by shape, and by place where as many are left on both sides. A candidate may have fewer: an input that nothing reads
 * is the first to have been dropped.
 *
 * @param reference all inputs of the reference, as far as they are known: they are what numbers count.
 */
export function pairInputs(
  reference: readonly PairableInput[],
  candidate: readonly PairableInput[],
  options: PairInputOptions = {},
): InputPairing {
  const whole = pairWhole(reference, candidate, options)
  const used = reference.filter(({ unused }) => !unused)
  const isCountedAnew = options.numbersFirst && reference.length !== candidate.length
  const isGuessed = whole.missing.length > 0 || whole.pairs.some(({ by }) => by === 'order')
  const needsDrop = isGuessed || isCountedAnew
  const pairing = needsDrop && used.length < reference.length ? pairWhole(used, candidate, options) : whole
  const { pairs, missing } = pairing.missing.length > whole.missing.length ? whole : pairing
  const paired = new Set(pairs.map((pair) => pair.reference))
  const dropped = reference.filter(({ name, absent }) => !absent && !paired.has(name))
  return { pairs, missing, dropped: dropped.map(({ name }) => name) }
}

/**
 * Whether an original has inputs whose names are pnnx's numbers, in another order than pnnx counts them: then pnnx's
 * in0 may be the original's in1, and only what comes out tells.
 */
export function haveOtherNumbers(original: readonly PairableInput[]): boolean {
  return original.some(({ name }, place) => (pnnxNumber(name) ?? place) !== place)
}

function pairWhole(
  reference: readonly PairableInput[],
  candidate: readonly PairableInput[],
  { given = [], numbersFirst = false }: PairInputOptions,
): Omit<InputPairing, 'dropped'> {
  const search = new PartnerSearch(
    reference.map(({ name, shape }) => ({ name, key: keyOf(shape) })),
    candidate.map(({ name, shape }) => ({ name, key: keyOf(shape) })),
  )
  search.byGiven(given)
  if (numbersFirst) {
    search.byNumber('candidate')
    byOwnNumber(search, reference)
  }
  search.byName()
  search.byNumber('candidate')
  search.byNumber('reference')
  byOwnNumber(search, reference)
  search.byShape()
  bySize(search, reference, candidate)
  search.byOrder()
  const absent = new Set(reference.filter((input) => input.absent).map(({ name }) => name))
  const pairs = search.pairs.filter((pair) => !absent.has(pair.reference))
  const fed = new Set(pairs.map((pair) => pair.candidate))
  return { pairs, missing: candidate.map(({ name }) => name).filter((name) => !fed.has(name)) }
}

/** Undefined where a size is open: it says nothing about which other shape it is. */
function keyOf(shape: readonly number[] | undefined): string | undefined {
  return shape === undefined || shape.includes(-1) ? undefined : shapeKey(shape)
}

/**
 * Of fewer inputs the numbers count as they are only where they show that they were not counted anew: by a gap. Where
 * they count more inputs than are known, only their order is left of them.
 */
function byOwnNumber(search: PartnerSearch, reference: readonly PairableInput[]): void {
  const numbered = search.openCandidate.map(({ name }) => ({ name, number: pnnxNumber(name) ?? Number.NaN }))
  const hasGap = numbered.some(({ number }) => number >= numbered.length)
  if (!hasGap || numbered.some(({ number }) => Number.isNaN(number))) return
  const open = search.openReference.map(({ name }) => name)
  const isWhole = numbered.every(({ number }) => number < reference.length)
  if (!isWhole && open.length !== numbered.length) return
  const inOrder = numbered.toSorted((a, b) => a.number - b.number)
  for (const [i, { name, number }] of inOrder.entries()) {
    const other = isWhole ? reference[number]!.name : open[i]!
    if (open.includes(other)) search.take(other, name, 'number')
  }
}

/** An open shape takes whatever has its known sizes: taken where that is one only, and nobody else's. */
function bySize(
  search: PartnerSearch,
  reference: readonly PairableInput[],
  candidate: readonly PairableInput[],
): void {
  const shapes = new Map(reference.map(({ name, shape }) => [name, shape]))
  const wanted = new Map(candidate.map(({ name, shape }) => [name, shape]))
  const known = search.openCandidate.filter(({ name }) => wanted.get(name) !== undefined)
  const fitting = known.map(({ name }) => ({
    name,
    others: search.openReference.filter((other) => fits(shapes.get(other.name), wanted.get(name))),
  }))
  for (const { name, others } of fitting) {
    const [only] = others
    const rivals = fitting.filter((rival) => only && rival.others.includes(only))
    if (only && others.length === 1 && rivals.length === 1) search.take(only.name, name, 'shape')
  }
}

function fits(given: readonly number[] | undefined, wanted: readonly number[] | undefined): boolean {
  if (given === undefined || wanted === undefined) return true
  const [a, b] = [withoutLeadingOnes(given), withoutLeadingOnes(wanted)]
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a]
  const extra = longer.slice(0, longer.length - shorter.length)
  if (extra.some((size) => size !== -1 && size !== 1)) return false
  const rest = longer.slice(extra.length)
  return rest.every((size, axis) => size === shorter[axis] || size === -1 || shorter[axis] === -1)
}

function withoutLeadingOnes(shape: readonly number[]): readonly number[] {
  const start = shape.findIndex((size) => size !== 1)
  return start < 0 ? [] : shape.slice(start)
}

interface ConformedInputs {
  readonly feeds: NamedTensors
  readonly pairing: InputPairing
}

/**
 * The inputs of one model for another: under its names, in its layouts and element types, and without those that it
 * does not have. Throws TWINFER_DTYPE_MISMATCH where a type cannot express the values; what is missing is left to
 * whoever runs the model.
 */
export function conformInputs(
  reference: readonly PairableInput[],
  candidate: readonly TensorInfo[],
  inputs: NamedTensors,
  options: PairInputOptions = {},
): ConformedInputs {
  const given = reference.map((info) =>
    Object.hasOwn(inputs, info.name)
      ? { ...info, shape: inputs[info.name]!.shape }
      : { ...info, absent: true },
  )
  const pairing = pairInputs(given, candidate, options)
  const partners = new Map(pairing.pairs.map((pair) => [pair.candidate, pair.reference]))
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const info of candidate) {
    const partner = partners.get(info.name)
    if (partner !== undefined) feeds[info.name] = conform(inputs[partner]!, info)
  }
  return { feeds, pairing }
}

function conform(tensor: Tensor, { name, dtype, layout }: TensorInfo): Tensor {
  const cast = castTensor(toLayout(tensor, layout), dtype)
  if (cast !== null) return cast
  throw new TwinferError(
    'TWINFER_DTYPE_MISMATCH',
    `input '${name}': expected ${dtype}, received ${tensor.dtype} values that it cannot express`,
  )
}
