import type { OutputPair } from '../../compare/outputs/PartnerSearch.js'
import { type PairableInput, type PairInputOptions, pairInputs } from '../../compare/outputs/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelTensor } from '../models/openModel.js'
import type { AssignedInput, GivenInput } from './assignInputs.js'

export interface RenamedInputs {
  readonly assigned: readonly AssignedInput[]
  /** Which of the given inputs each one is, and why; `reference` is its file where it has no name. */
  readonly pairs: readonly OutputPair[]
  readonly notes: readonly string[]
}

/**
 * Inputs named for the reference, for a candidate that may call them otherwise, have them in another order, or lack
 * some. Throws TWINFER_MISSING_INPUT for one that nothing can be found for, and TWINFER_UNKNOWN_INPUT for a nameless
 * one too many.
 *
 * @param modelInputs all that the reference has, where it is known.
 */
export function renameInputs(
  infos: readonly ModelTensor[],
  given: readonly GivenInput[],
  modelInputs: readonly ModelTensor[] = [],
  options: PairInputOptions = {},
): RenamedInputs {
  const byName = new Map(given.map((input) => [nameOf(input), input]))
  const pairing = pairInputs(pairableInputs(given, modelInputs), infos, options)
  const partners = new Map(pairing.pairs.map((pair) => [pair.candidate, byName.get(pair.reference)!]))
  const nameless = pairing.dropped.find((name) => byName.get(name)!.name === undefined)
  const needed = infos.filter((info) => partners.has(info.name) || !info.unused)
  const lacking = needed.find(({ name }) => !partners.has(name))
  if (lacking) throw missing(lacking.name, given)
  if (nameless !== undefined) throw tooMany(nameless, infos)
  return {
    assigned: needed.map((info) => ({ ...partners.get(info.name)!, info })),
    pairs: pairing.pairs,
    notes: [
      ...pairing.pairs.filter(({ by }) => by !== 'name' && infos.length > 1).map(pairNote),
      ...pairing.dropped.map((name) => droppedNote(byName.get(name)!)),
    ],
  }
}

/** What is given for a reference, among all inputs that it has. */
export function pairableInputs(
  given: readonly GivenInput[],
  modelInputs: readonly ModelTensor[],
): readonly PairableInput[] {
  const absent = modelInputs.filter((info) => !given.some(({ name }) => name === info.name))
  const places = new Map(modelInputs.map(({ name }, i) => [name, i]))
  const placeOf = ({ name }: PairableInput) => places.get(name) ?? modelInputs.length
  return [
    ...given.map((input) => ({ name: nameOf(input), shape: input.tensor.shape, unused: input.unused })),
    ...absent.map(({ name, shape, unused }) => ({ name, shape, unused, absent: true })),
  ].sort((a, b) => placeOf(a) - placeOf(b))
}

function nameOf({ name, file }: GivenInput): string {
  return name ?? `-i ${file}`
}

function pairNote({ reference, candidate, by }: OutputPair): string {
  return `input '${candidate}' gets '${reference}' (by ${by})`
}

function droppedNote({ name, unused }: GivenInput): string {
  const why = unused ? ': nothing in the reference depends on it' : ''
  return `the candidate has no input '${name}'${why}`
}

function missing(name: string, given: readonly GivenInput[]): TwinferError {
  const files = given.map((input) => `'${input.name ?? input.file}'`).join(', ')
  return new TwinferError(
    'TWINFER_MISSING_INPUT',
    `nothing tells which of the inputs (${files || 'none is given'}) is the candidate's '${name}'`,
    { help: `Say it with --pair REFERENCE=${name}, or give one more with -i.` },
  )
}

function tooMany(name: string, infos: readonly ModelTensor[]): TwinferError {
  const names = infos.map((info) => `'${info.name}'`).join(', ')
  return new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `the candidate has ${infos.length} inputs (${names}): none of them is ${name}`,
    { help: 'Give each input its name: -i NAME=FILE.' },
  )
}
