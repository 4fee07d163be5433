import type { InputPairing } from '../../compare/pairInputs.js'
import type { PackInputs } from '../../pack/PackInputs.js'
import { assignInputs } from '../inputs/assignInputs.js'
import { feedsOf } from '../inputs/feedsOf.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { readInputs } from '../inputs/readInputs.js'

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
