import { type FileHandle, open, stat } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'

/**
 * Opens a file to read. Its kind is asked before: opening a named pipe would wait for a writer, perhaps
 * forever, and the size of a device says nothing about what can be read from it.
 */
export async function openRegularFile(file: string): Promise<{ handle: FileHandle; size: number }> {
  const before = await stat(file)
  if (!before.isFile()) {
    const what = before.isDirectory() ? 'a folder' : 'a pipe, socket or device'
    throw new TwinferError(
      'TWINFER_FILE_UNREADABLE',
      `cannot read ${file}: expected a file, received ${what}`,
      {
        help: before.isDirectory() ? 'Name the .npy file inside it.' : 'Save the data to a file first.',
      },
    )
  }
  const handle = await open(file)
  const { size } = await handle.stat().catch(async (error) => {
    await handle.close()
    throw error
  })
  return { handle, size }
}
