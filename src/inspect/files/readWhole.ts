import { readFile } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'

/** All bytes of a file that exists. Throws TWINFER_FILE_UNREADABLE. */
export function readWhole(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot read ${path}: ${cause.message}`, {
      cause,
      help: 'Check its permissions.',
    })
  })
}
