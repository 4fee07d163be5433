import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ZipLimits } from '../../zip/ZipLimits.js'
import type { Tensor } from '../Tensor.js'
import { Npz } from './Npz.js'

/**
 * All arrays of a .npz by name, in the file's order. Throws what Npz.open and Npz.read throw, and
 * TWINFER_ARCHIVE_INVALID where a member is no array: nothing is left out in silence.
 */
export const readNpz = answering(
  'readNpz',
  async function readNpz(file: string, limits: ZipLimits = {}): Promise<ReadonlyMap<string, Tensor>> {
    const npz = await Npz.open(file, limits)
    try {
      if (npz.others.length > 0) {
        throw new TwinferError(
          'TWINFER_ARCHIVE_INVALID',
          `${file}: expected .npy members only, received ${npz.others.join(', ')}`,
          { help: 'Read the arrays you want by name: FILE.npz:NAME, or Npz.open(file) and read(name).' },
        )
      }
      const arrays = new Map<string, Tensor>()
      for (const name of npz.names) arrays.set(name, await npz.read(name))
      return arrays
    } finally {
      npz.close()
    }
  },
)
