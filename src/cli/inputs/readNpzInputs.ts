import { Npz } from '../../tensor/npz/index.js'
import type { InputSpec } from '../parse/parseInputSpec.js'
import type { GivenInput } from './GivenInput.js'

/** What numpy.savez calls the arrays that were given without a name. */
const unnamed = /^arr_\d+$/

/**
 * The inputs in a .npz: all of its arrays, each for the input of its name, or by order where NumPy made the
 * name up. With `NAME=` it is one array: the one asked for, the only one, or the one of that name.
 */
export async function readNpzInputs({ name, file, member }: InputSpec): Promise<readonly GivenInput[]> {
  const npz = await Npz.open(file)
  try {
    const wanted = member ?? (name === undefined ? undefined : (onlyOne(npz.names) ?? name))
    const inputs: GivenInput[] = []
    for (const array of wanted === undefined ? npz.names : [wanted]) {
      const tensor = await npz.read(array)
      const input = wanted === undefined ? nameOf(array) : name
      inputs.push({ file: `${file}:${array}`, tensor, ...(input !== undefined && { name: input }) })
    }
    return inputs
  } finally {
    npz.close()
  }
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

function nameOf(array: string): string | undefined {
  return unnamed.test(array) ? undefined : array
}
