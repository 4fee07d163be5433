import { open } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { requireWritable } from '../../zip/TargetFile.js'
import { describeValue } from '../describeValue.js'
import type { Tensor } from '../Tensor.js'
import { fileError } from './fileError.js'
import { npyParts } from './npyParts.js'

/**
 * Writes a .npy file as formatNpy describes it, over one that may be there, without a second copy of the
 * data in memory. Throws TWINFER_FILE_NOT_FOUND where the folder is missing, TWINFER_FILE_UNREADABLE where
 * the file cannot be written, and what formatNpy throws.
 */
export const writeNpy = answering(
  'writeNpy',
  async function writeNpy(file: string, tensor: Tensor): Promise<void> {
    if (typeof file !== 'string' || file === '') {
      throw new TwinferError(
        'TWINFER_INVALID_ARGUMENT',
        `file: expected a path, received ${describeValue(file)}`,
        {
          help: 'Give the path of the .npy file to write.',
        },
      )
    }
    const { header, data } = npyParts(tensor)
    try {
      await requireWritable(file)
      const handle = await open(file, 'w')
      try {
        await handle.writeFile(header)
        await handle.writeFile(data)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw await fileError(file, 'write', error)
    }
  },
)
