import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { progress } from '../format/progress.js'

/** A file, or its content. */
export type FileOrBytes = string | Uint8Array

/** In bytes. */
export async function sizeOf(file: FileOrBytes): Promise<number> {
  return typeof file === 'string' ? (await stat(file)).size : file.length
}

/** What tells the files of a model from any others: what golden packs and sidecars are bound to. */
export interface ModelDigest {
  /** SHA-256 over the contents of `files` in their order. */
  readonly sha256: string
  readonly files: readonly DigestedFile[]
}

export interface DigestedFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** SHA-256 over files, read in pieces: each one's own, and that of all of them one after the other. */
export async function digestFiles(files: readonly FileOrBytes[]): Promise<ModelDigest> {
  const whole = createHash('sha256')
  const parts: DigestedFile[] = []
  for (const file of files) {
    const own = createHash('sha256')
    const size = await sizeOf(file)
    let bytes = 0
    for await (const piece of typeof file === 'string' ? piecesOf(file) : [file]) {
      own.update(piece)
      whole.update(piece)
      bytes += piece.length
      progress(`hashing ${nameOf(file)}`, { done: bytes, total: size, unit: 'bytes' })
    }
    parts.push({ name: nameOf(file), bytes, sha256: own.digest('hex') })
  }
  return { sha256: whole.digest('hex'), files: parts }
}

function nameOf(file: FileOrBytes): string {
  return typeof file === 'string' ? basename(file) : 'in memory'
}

function piecesOf(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 2 ** 20 })
}
