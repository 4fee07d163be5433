import { readFile, stat } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'
import { fileError } from '../../tensor/npy/fileError.js'

/** The class names of a network of ImageNet-21k take half a megabyte. */
const largest = 2 ** 24

/**
 * A text that people write, so a small one. Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, and
 * TWINFER_LIMIT_EXCEEDED for a large one.
 */
export async function readText(path: string): Promise<string> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    async (error) => {
      throw await fileError(path, 'read', error)
    },
  )
  if (bytes > largest) {
    throw new TwinferError(
      'TWINFER_LIMIT_EXCEEDED',
      `${path}: expected a text of at most ${largest} bytes, received ${bytes}`,
    )
  }
  return readFile(path, 'utf8').catch(async (error) => {
    throw await fileError(path, 'read', error)
  })
}
