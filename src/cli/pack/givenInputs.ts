import type { InputPairing } from '../../compare/outputs/pairInputs.js'
import type { ModelFile } from '../../file/ModelFile.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { PackInputs } from '../../pack/PackSession.js'
import { assignInputs, feedsOf, type GivenInput } from '../inputs/assignInputs.js'
import { readInputs } from '../inputs/readInputs.js'
import { type ModelOptions, onnxOptions, openOptions } from '../models/ModelOptions.js'

/** The inputs that `-i` names, as the API takes them: which is whose is known once the model is open. */
export async function givenInputs(
  specs: readonly string[] | undefined,
  notes: string[],
): Promise<PackInputs> {
  const given = await readInputs(specs)
  return (infos, pairing) => {
    const names = new Set(infos.map(({ name }) => name))
    const renamed = pairing ? given.flatMap((input) => renameInput(input, names, pairing)) : given
    return feedsOf(assignInputs(infos, renamed), notes)
  }
}

/** Under the model's name where it has the pack's; nothing for what this model does not have. */
function renameInput(
  input: GivenInput,
  names: ReadonlySet<string>,
  { pairs, dropped }: InputPairing,
): readonly GivenInput[] {
  if (input.name === undefined || names.has(input.name)) return [input]
  const partner = pairs.find(({ reference }) => reference === input.name)
  if (partner) return [{ ...input, name: partner.candidate }]
  return dropped.includes(input.name) ? [] : [input]
}

/** What the command line says about how a model runs, for the engine of its file. */
export async function runnableOptions(file: ModelFile, options: ModelOptions): Promise<RunnableOptions> {
  if (file.engine === 'onnx') {
    const { threads, runtime, precision } = onnxOptions(options)
    return {
      ...(options.sidecar !== undefined && { sidecar: options.sidecar }),
      ...(threads !== undefined && { threads }),
      ...(precision !== undefined && { precision }),
      ...(runtime !== undefined && { engineOptions: { runtime } }),
    }
  }
  await file.requireKind()
  // Which engine's it is, the file knows: it was identified.
  const { engine: _, ...runnable } = openOptions(file.engine, options)
  return runnable
}
