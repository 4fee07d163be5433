import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { PackModel, PackModelFile } from './manifest/PackManifest.js'

/** SHA-256 over files, read in pieces: each one's own, and that of all of them one after the other. */
export async function modelDigest(files: readonly string[]): Promise<Pick<PackModel, 'sha256' | 'files'>> {
  const whole = createHash('sha256')
  const parts: PackModelFile[] = []
  for (const file of files) {
    const own = createHash('sha256')
    let bytes = 0
    for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 })) {
      own.update(piece as Buffer)
      whole.update(piece as Buffer)
      bytes += (piece as Buffer).length
    }
    parts.push({ name: basename(file), bytes, sha256: own.digest('hex') })
  }
  return { sha256: whole.digest('hex'), files: parts }
}
