import type { PackInputs } from '../../pack/PackInputs.js'
import { assignInputs } from '../inputs/assignInputs.js'
import { feedsOf } from '../inputs/feedsOf.js'
import { readInputs } from '../inputs/readInputs.js'

/** The inputs that `-i` names, as the API takes them: which is whose is known once the model is open. */
export async function givenInputs(
  specs: readonly string[] | undefined,
  notes: string[],
): Promise<PackInputs> {
  const given = await readInputs(specs)
  return (infos) => feedsOf(assignInputs(infos, given), notes)
}
