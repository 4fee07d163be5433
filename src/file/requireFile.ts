import type { Stats } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { TwinferError } from '../errors/TwinferError.js'

/** The file's size in bytes. `role` names it in messages. Throws TWINFER_FILE_NOT_FOUND and friends. */
export async function requireFile(path: string, role: string): Promise<number> {
  const stats = await statOf(path, role)
  if (stats.isDirectory()) {
    throw new TwinferError('TWINFER_MODEL_INVALID', `${path} is a folder: expected a ${role} file`, {
      help: 'Name the file inside it, for example a .param or an .mnn.',
    })
  }
  return stats.size
}

async function statOf(path: string, role: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    if (!isMissing(cause)) {
      throw unreadable(role, path, cause)
    }
    const near = await nearestFile(path)
    throw new TwinferError('TWINFER_FILE_NOT_FOUND', `no such ${role}: ${path}`, {
      cause,
      help: near ? `Did you mean ${near}?` : 'Check the path and the current folder.',
    })
  }
}

/** TWINFER_FILE_UNREADABLE, for what the system says of a file. */
export function unreadable(role: string, path: string, cause: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_FILE_UNREADABLE',
    `cannot read the ${role} ${path}: ${(cause as Error).message}`,
    { cause, help: 'Check the path and its permissions.' },
  )
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** Enough to tell what a file is, and small enough to read from any of them. */
const length = 4096

/** The first bytes of a file that exists. */
export async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(length)
    const { bytesRead } = await file.read(bytes, 0, length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** All bytes of a file that exists. Throws TWINFER_FILE_UNREADABLE. */
export function readWhole(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot read ${path}: ${cause.message}`, {
      cause,
      help: 'Check its permissions.',
    })
  })
}

/** The file in the same folder whose name is most like the missing one; the same extension wins. */
export async function nearestFile(path: string): Promise<string | undefined> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const wanted = basename(path)
  const alike = names.filter((name) => extname(name).toLowerCase() === extname(wanted).toLowerCase())
  const nearest = nearestName(wanted, alike) ?? nearestName(wanted, names)
  return nearest === undefined ? undefined : join(folder, nearest)
}

/** The candidate most like `wanted`, or undefined where more than half of it would have to change. */
function nearestName(wanted: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const nearest = closest(
    wanted.toLowerCase(),
    candidates.map((name) => name.toLowerCase()),
  )
  const name = candidates.find((candidate) => candidate.toLowerCase() === nearest)
  if (name === undefined) return undefined
  const changes = distance(wanted.toLowerCase(), nearest)
  return changes <= Math.max(wanted.length, name.length) / 2 ? name : undefined
}
