import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { slices, type WriteZipOptions, writeZip } from '../../zip/writeZip.js'
import type { ZipMember } from '../../zip/ZipArchive.js'
import { fileError } from '../npy/fileError.js'
import { npyParts } from '../npy/writeNpy.js'
import type { Tensor } from '../Tensor.js'

/**
 * Writes tensors as a .npz that numpy.load reads, each as formatNpy describes it. A file that is there is
 * replaced when the new one is whole. `compress` (default: false, as numpy.savez) deflates.
 *
 * Throws TWINFER_INVALID_ARGUMENT for a name that is empty, absolute or leaves the folder,
 * TWINFER_FILE_NOT_FOUND where the folder is missing, TWINFER_FILE_UNREADABLE where the file cannot be written.
 */
export const writeNpz = answering(
  'writeNpz',
  async function writeNpz(
    file: string,
    tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
    { compress = false }: WriteZipOptions = {},
  ): Promise<void> {
    const entries = tensors instanceof Map ? [...tensors] : Object.entries(tensors)
    const members = entries.map(([name, tensor]) => npyMember(`${requireName(name)}.npy`, tensor))
    try {
      await writeZip(file, members, { compress })
    } catch (error) {
      throw await fileError(file, 'write', error)
    }
  },
)

/** Readers refuse the others, this package's own too. */
function requireName(name: string): string {
  const isSafe = name !== '' && !/^\/|^[A-Za-z]:|\\/.test(name) && !name.split('/').includes('..')
  if (isSafe) return name
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected a name inside the archive, received ${JSON.stringify(name)}`,
    { help: 'Leave out backslashes, a leading slash or drive letter, and `..`.' },
  )
}

/** A tensor as a member whose name should end in `.npy`; its data are not copied. */
export function npyMember(name: string, tensor: Tensor): ZipMember {
  const { header, data } = npyParts(tensor)
  return { name, content: () => slices(header, data) }
}
