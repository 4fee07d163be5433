import { pairInputs } from '../../compare/outputs/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import type { ModelFile } from '../../file/ModelFile.js'
import type { GivenInput } from '../inputs/assignInputs.js'
import { pairableInputs } from '../inputs/renameInputs.js'
import type { InputShapes } from '../parseOptions.js'
import type { ModelTensor } from './openModel.js'

/**
 * What `--input-shape` says for a candidate: under its own names, or under the reference's. Which inputs a model has is
 * read from its file, as it has to be known before the model is open.
 */
export async function inputShapesFor(
  file: ModelFile,
  shapes: InputShapes,
  reference: readonly GivenInput[],
  modelInputs: readonly ModelTensor[],
): Promise<InputShapes> {
  const own = await inputsOf(file)
  const names = new Set(own.map(({ name }) => name))
  const { pairs } = pairInputs(pairableInputs(reference, modelInputs), own)
  const partners = new Map(pairs.map((pair) => [pair.reference, pair.candidate]))
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => {
      const input = names.has(name) ? name : partners.get(name)
      return input === undefined ? [] : [[input, shape]]
    }),
  )
}

/** Throws TWINFER_UNKNOWN_INPUT for a shape that no model has an input for: it would silently not be used. */
export async function requireKnownShapes(
  shapes: InputShapes,
  reference: readonly GivenInput[],
  files: readonly ModelFile[],
): Promise<void> {
  const inputs = await Promise.all(files.map(inputsOf))
  if (inputs.some(({ length }) => length === 0)) return
  const known = [...reference, ...inputs.flat()].flatMap(({ name }) => name ?? [])
  const unknown = Object.keys(shapes).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new TwinferError(
    'TWINFER_UNKNOWN_INPUT',
    `--input-shape: expected the name of an input (${[...new Set(known)].join(', ')}), received '${unknown}'`,
    { help: suggest(unknown, known) },
  )
}

/** None where the file cannot be read: opening it says why. */
async function inputsOf(file: ModelFile) {
  try {
    const { inputs } = await file.summary()
    return inputs.map(({ name, shape }) => ({ name, shape: shape ?? undefined }))
  } catch (error) {
    if (error instanceof TwinferError) return []
    throw error
  }
}
