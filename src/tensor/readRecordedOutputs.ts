import { readNpy } from './npy/readNpy.js'
import { readNpz } from './npz/readNpz.js'
import type { Tensor } from './Tensor.js'

/**
 * Outputs that were recorded: a .npz's arrays by name, or a .npy's one array as `output`, since it has no name.
 * The object has no prototype, so that an output may be called `__proto__`. Throws what readNpy and readNpz throw.
 */
export async function readRecordedOutputs(file: string): Promise<Readonly<Record<string, Tensor>>> {
  const outputs = Object.create(null) as Record<string, Tensor>
  const arrays = /\.npz$/i.test(file) ? await readNpz(file) : new Map([['output', await readNpy(file)]])
  for (const [name, tensor] of arrays) outputs[name] = tensor
  return outputs
}
