import { suggest } from '../../errors/suggest.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelTensor } from '../models/RunnableModel.js'
import type { GivenInput } from './GivenInput.js'

export interface AssignedInput extends GivenInput {
  readonly info: ModelTensor
}

/**
 * Which given input feeds which input of the model: names are taken literally, the others fill what is left
 * in order. Throws TWINFER_UNKNOWN_INPUT (also for one too many), TWINFER_MISSING_INPUT, or TWINFER_USAGE
 * for a name given twice.
 */
export function assignInputs(
  infos: readonly ModelTensor[],
  given: readonly GivenInput[],
): readonly AssignedInput[] {
  const assigned = new Map<ModelTensor, GivenInput>()
  for (const input of given.filter(({ name }) => name !== undefined)) {
    const info = infos.find(({ name }) => name === input.name)
    if (!info) throw unknownInput(input.name!, infos)
    if (assigned.has(info)) throw new TwinferError('TWINFER_USAGE', `input '${info.name}' is given twice`)
    assigned.set(info, input)
  }
  const free = infos.filter((info) => !assigned.has(info))
  const ordered = given.filter(({ name }) => name === undefined)
  if (ordered.length > free.length) throw tooMany(infos, given)
  ordered.forEach((input, index) => void assigned.set(free[index]!, input))
  return infos.map((info) => {
    const input = assigned.get(info)
    if (!input) throw missingInput(info, infos)
    return { ...input, info }
  })
}

function unknownInput(name: string, infos: readonly ModelTensor[]): TwinferError {
  const help = suggest(
    name,
    infos.map((info) => info.name),
  )
  return new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `the model has no input '${name}': expected ${namesOf(infos)}`,
    {
      help: `${help} Without NAME= inputs are taken in order: the engines name the same input differently.`.trim(),
    },
  )
}

function tooMany(infos: readonly ModelTensor[], given: readonly GivenInput[]): TwinferError {
  return new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `the model has ${infos.length} inputs (${namesOf(infos)}), received ${given.length}`,
  )
}

function missingInput(info: ModelTensor, infos: readonly ModelTensor[]): TwinferError {
  return new TwinferError(
    'TWINFER_MISSING_INPUT',
    `nothing is given for the input '${info.name}' (the model has ${namesOf(infos)})`,
    {
      help: `Add -i ${info.name}=FILE.npy.`,
    },
  )
}

const namesOf = (infos: readonly ModelTensor[]) => infos.map(({ name }) => `'${name}'`).join(', ')
