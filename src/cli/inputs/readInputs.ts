import { readNpy } from '../../tensor/npy/index.js'
import { parseInputSpec } from '../parse/parseInputSpec.js'
import type { GivenInput } from './GivenInput.js'
import { readNpzInputs } from './readNpzInputs.js'

/** Reads what the `-i` options name, in their order. */
export async function readInputs(specs: readonly string[] = []): Promise<readonly GivenInput[]> {
  const inputs = await Promise.all(specs.map(readInput))
  return inputs.flat()
}

async function readInput(text: string): Promise<readonly GivenInput[]> {
  const spec = parseInputSpec(text)
  if (/\.npz$/i.test(spec.file)) return readNpzInputs(spec)
  const { name, file } = spec
  return [{ file, tensor: await readNpy(file), ...(name !== undefined && { name }) }]
}
