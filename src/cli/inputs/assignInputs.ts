import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { castTensor } from '../../tensor/convertTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { ModelTensor } from '../models/openModel.js'

/** An input from the command line, read. */
export interface GivenInput {
  /** Absent where it is given by its order. */
  readonly name?: string
  readonly file: string
  readonly tensor: Tensor
  /** Nothing that the model it is named for computes depends on it. */
  readonly unused?: boolean
}

export interface AssignedInput extends GivenInput {
  readonly info: ModelTensor
}

/**
 * Which given input feeds which input of the model: names are taken literally, the others fill what is left
 * in order. What the model does not depend on may be left out. Throws TWINFER_UNKNOWN_INPUT (also for one too
 * many), TWINFER_MISSING_INPUT, or TWINFER_USAGE for a name given twice.
 */
export function assignInputs(
  infos: readonly ModelTensor[],
  given: readonly GivenInput[],
): readonly AssignedInput[] {
  const { assigned, spare } = assignKnown(infos, given)
  if (spare[0]) throw unknownInput(spare[0].name!, infos)
  return assigned
}

/** As `assignInputs`, beside inputs that are `made` of pictures. Throws TWINFER_USAGE for one that is given as well. */
export function assignOthers(
  infos: readonly ModelTensor[],
  made: Readonly<Record<string, unknown>>,
  given: readonly GivenInput[],
): readonly AssignedInput[] {
  const [pictured, others] = [true, false].map((isMade) =>
    infos.filter(({ name }) => Object.hasOwn(made, name) === isMade),
  ) as [ModelTensor[], ModelTensor[]]
  const named = given.find(({ name }) => pictured.some((info) => info.name === name))
  const ordered = given.filter(({ name }) => name === undefined)
  // One that has no name, and no input that is left to be meant by it.
  const stray = given.length > others.length && pictured.length > 0 ? ordered.at(-1) : undefined
  const twice = named ?? stray
  if (twice) {
    throw new TwinferError(
      'TWINFER_USAGE',
      `input '${twice.name ?? pictured[0]!.name}' is given twice: by --image, and by -i ${twice.file}`,
      { help: 'Leave one of them out: --image makes an input of a picture or sound, -i gives it as it is.' },
    )
  }
  return assignInputs(others, given)
}

interface KnownInputs {
  readonly assigned: readonly AssignedInput[]
  /** Those with a name that the model does not have. */
  readonly spare: readonly GivenInput[]
}

/** As `assignInputs`, where another model may want what this one does not have. */
export function assignKnown(infos: readonly ModelTensor[], given: readonly GivenInput[]): KnownInputs {
  const assigned = new Map<ModelTensor, GivenInput>()
  const spare: GivenInput[] = []
  for (const input of given.filter(({ name }) => name !== undefined)) {
    const info = infos.find(({ name }) => name === input.name)
    if (info && assigned.has(info))
      throw new TwinferError('TWINFER_USAGE', `input '${info.name}' is given twice`)
    if (info) assigned.set(info, input)
    else spare.push(input)
  }
  const ordered = given.filter(({ name }) => name === undefined)
  const free = infos.filter((info) => !assigned.has(info))
  if (ordered.length > free.length) throw tooMany(infos, given)
  // As many as are needed are those: nobody makes up an input that nothing reads.
  const needed = free.filter(({ unused }) => !unused)
  const takers = ordered.length === needed.length ? needed : free
  ordered.forEach((input, index) => void assigned.set(takers[index]!, input))
  const missing = infos.find((info) => !assigned.has(info) && !info.unused)
  if (missing && spare[0]) throw unknownInput(spare[0].name!, infos)
  if (missing) throw missingInput(missing, infos)
  return {
    assigned: infos.flatMap((info) => {
      const input = assigned.get(info)
      return input ? [{ ...input, info }] : []
    }),
    spare,
  }
}

export function unknownInput(name: string, infos: readonly ModelTensor[]): TwinferError {
  const help = suggest(
    name,
    infos.map((info) => info.name),
  )
  return new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `the model has no input '${name}': expected ${namesOf(infos)}`,
    {
      help: `${help} Without NAME= inputs are taken in order: the engines name the same input differently. An input that nothing reads is dropped by converters: leave it out.`.trim(),
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

/** What `model.run()` takes. The object has no prototype, so that an input may be called `__proto__`. */
export function feedsOf(
  assigned: readonly AssignedInput[],
  notes: string[],
): Readonly<Record<string, Tensor>> {
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const input of assigned) feeds[input.info.name] = convertInput(input, notes)
  return feeds
}

/**
 * The input in the dtype and layout that the model wants; a conversion is told in `notes`. Throws
 * TWINFER_DTYPE_MISMATCH where an integer input would lose something.
 */
export function convertInput({ tensor, info, file }: AssignedInput, notes: string[]): Tensor {
  const cast = castTensor(tensor, info.dtype)
  if (cast === null) {
    throw new TwinferError(
      'TWINFER_DTYPE_MISMATCH',
      `input '${info.name}': expected ${info.dtype}, ${file} holds ${tensor.dtype} values that it cannot express`,
    )
  }
  if (cast !== tensor) notes.push(`input '${info.name}': converted ${tensor.dtype} to ${info.dtype}`)
  // A file records no layout: it is taken to be the one that the model wants.
  return new Tensor(cast.data, cast.shape, { dtype: cast.dtype, layout: info.layout ?? tensor.layout })
}
