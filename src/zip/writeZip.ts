import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TargetFile } from './TargetFile.js'
import type { ZipMember } from './ZipArchive.js'

export interface WriteZipOptions {
  /** Default: true. */
  readonly compress?: boolean | undefined
}

/** As NumPy writes it: the same content makes the same file. */
const mtime = new Date(1980, 0, 1)

/**
 * Writes a zip file, under another name first: a file that was there stays whole until the new one is. Throws
 * what `TargetFile.at` throws, the file system's errors, yazl's for names that leave the folder, and what a member's
 * content throws.
 */
export async function writeZip(
  file: string,
  members: readonly ZipMember[],
  { compress = true }: WriteZipOptions = {},
): Promise<void> {
  const target = await TargetFile.at(file)
  // Loaded here: most programs write no archive.
  const { ZipFile } = await import('yazl')
  const zip = new ZipFile()
  for (const { name, content } of members) {
    zip.addReadStreamLazy(name, { mtime, forceDosTimestamp: true, compress }, (give) => {
      // yazl listens to the streams that it opens itself, not to these.
      give(
        null,
        Readable.from(content()).once('error', (error) => zip.emit('error', error)),
      )
    })
  }
  zip.end()
  try {
    const failed = new AbortController()
    zip.once('error', (error) => failed.abort(error))
    const stream = createWriteStream(target.unfinished, { flush: true })
    await pipeline(zip.outputStream, stream, { signal: failed.signal }).catch((error) => {
      throw failed.signal.aborted ? failed.signal.reason : error
    })
    await target.replace()
  } catch (error) {
    await target.discard()
    throw error
  }
}

/** What deflate is handed at once; it would hold all that is not yet written. */
const largestSlice = 2 ** 18

/** Views of large arrays in small pieces, for a stream to take as it can. */
export function* slices(...parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let start = 0; start < part.length; start += largestSlice) {
      yield part.subarray(start, start + largestSlice)
    }
  }
}
