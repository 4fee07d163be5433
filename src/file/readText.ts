import { readFile, stat } from 'node:fs/promises'
import { TwinferError } from '../errors/TwinferError.js'
import { fileError } from '../tensor/npy/fileError.js'

/** What people write is small: the class names of a network of ImageNet-21k take half a megabyte. */
const usual = 2 ** 24

/**
 * A text of at most `most` bytes. Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, and TWINFER_LIMIT_EXCEEDED for
 * a larger one: it may come from a stranger, and would be held and parsed as a whole.
 */
export async function readText(path: string, most = usual): Promise<string> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    async (error) => {
      throw await fileError(path, 'read', error)
    },
  )
  if (bytes > most) {
    throw new TwinferError(
      'TWINFER_LIMIT_EXCEEDED',
      `${path}: expected a text of at most ${most} bytes, received ${bytes}`,
    )
  }
  return readFile(path, 'utf8').catch(async (error) => {
    throw await fileError(path, 'read', error)
  })
}
