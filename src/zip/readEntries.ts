import type { Entry, ZipFile } from 'yauzl'
import { TwinferError } from '../errors/TwinferError.js'
import { zipError } from './zipError.js'

/** What the directory of an archive may take: names, comments and extra fields. */
const largestDirectory = 2 ** 24

/** The directory of an archive by name, without its folders. */
export async function readEntries(file: string, zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  let directory = 0
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, fileNameLength, extraFieldLength, fileCommentLength } = entry
      directory += fileNameLength + extraFieldLength + fileCommentLength
      if (directory > largestDirectory) throw zipError(file, 'its directory takes more than 16 MiB')
      if (fileName.endsWith('/')) continue
      if (entries.has(fileName)) throw zipError(file, `it has two members named ${fileName}`)
      entries.set(fileName, entry)
    }
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw zipError(file, `its directory is damaged: ${(cause as Error).message}`, cause)
  }
  return entries
}
