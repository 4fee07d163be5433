import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const sha256 = (data) => createHash('sha256').update(data).digest('hex')

/** Throws unless the archive is the pinned one, byte for byte. */
export function verifyArchive(file, expected) {
  const found = sha256(readFileSync(file))
  if (found !== expected) {
    throw new Error(
      `${file} is not the pinned archive.\n  expected SHA-256 ${expected}\n  received SHA-256 ${found}`,
    )
  }
}
