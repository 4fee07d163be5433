import { readNpy } from '../../tensor/npy/index.js'
import { parseInputSpec } from '../parse/parseInputSpec.js'
import type { GivenInput } from './GivenInput.js'

/** Reads what the `-i` options name, in their order. */
export function readInputs(specs: readonly string[] = []): Promise<readonly GivenInput[]> {
  return Promise.all(
    specs.map(async (spec) => {
      const { name, file } = parseInputSpec(spec)
      return { file, tensor: await readNpy(file), ...(name !== undefined && { name }) }
    }),
  )
}
