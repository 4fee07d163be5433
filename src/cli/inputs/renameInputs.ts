import type { OutputPair } from '../../compare/index.js'
import { pairInputs } from '../../compare/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelTensor } from '../models/RunnableModel.js'
import type { AssignedInput } from './assignInputs.js'
import type { GivenInput } from './GivenInput.js'

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
 */
export function renameInputs(
  infos: readonly ModelTensor[],
  given: readonly GivenInput[],
  pairs: readonly (readonly [reference: string, candidate: string])[] = [],
): RenamedInputs {
  const byName = new Map(given.map((input) => [input.name ?? `-i ${input.file}`, input]))
  const sides = [...byName].map(([name, { tensor, unused }]) => ({ name, shape: tensor.shape, unused }))
  const pairing = pairInputs(sides, infos, pairs)
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
