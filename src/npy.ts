import { answering } from './errors/answering.js'
import type { Tensor } from './tensor/Tensor.js'

// Loaded on first use: twenty small files that a program may never need, and every one of them would
// delay `import 'twinfer'`. 'twinfer/npy' has the same functions at once, and the synchronous ones.

/** Reads a `.npy` file; see 'twinfer/npy'. */
export const readNpy = answering('readNpy', async function readNpy(file: string): Promise<Tensor> {
  const npy = await import('./tensor/npy/index.js')
  return npy.readNpy(file)
})

/** Writes a `.npy` file; see 'twinfer/npy'. */
export const writeNpy = answering(
  'writeNpy',
  async function writeNpy(file: string, tensor: Tensor): Promise<void> {
    const npy = await import('./tensor/npy/index.js')
    return npy.writeNpy(file, tensor)
  },
)
