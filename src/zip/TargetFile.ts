import { randomUUID } from 'node:crypto'
import { access, chmod, constants, realpath, rename, rm, stat } from 'node:fs/promises'
import { TwinferError } from '../errors/TwinferError.js'

const permissions = 0o7777
const writable = 0o222

/** A file that is replaced as a whole: written under another name first, which then takes its place and its mode. */
export class TargetFile {
  /** Where the new content goes. */
  readonly unfinished: string
  readonly #target: string
  readonly #mode: number | undefined

  private constructor(target: string, mode: number | undefined) {
    this.unfinished = `${target}.${randomUUID()}.tmp`
    this.#target = target
    this.#mode = mode
  }

  /** Throws TWINFER_FILE_UNREADABLE for a file that cannot be replaced, or must not be. */
  static async at(path: string): Promise<TargetFile> {
    // Through a symbolic link, lest the file replace it.
    const target = await realpath(path).catch(() => path)
    return new TargetFile(target, await modeToKeep(path))
  }

  /** Puts the new content into the file's place. Nothing is left beside it, whatever happens. */
  async replace(): Promise<void> {
    try {
      if (this.#mode !== undefined) await chmod(this.unfinished, this.#mode)
      await rename(this.unfinished, this.#target)
    } catch (error) {
      await this.discard()
      throw error
    }
  }

  async discard(): Promise<void> {
    await rm(this.unfinished, { force: true })
  }
}

/** The mode of the file that is there. Throws TWINFER_FILE_UNREADABLE for what is no regular file, which would be lost. */
async function modeToKeep(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => null)
  if (!found) return undefined
  if (!found.isFile())
    throw refused(
      path,
      found.isDirectory() ? 'it is a folder' : 'it is no regular file',
      'Name a file in a folder that exists.',
    )
  await requireWritable(path)
  return found.mode & permissions
}

/**
 * Throws TWINFER_FILE_UNREADABLE for a write-protected file, also where this user may do everything: whoever protected
 * it did so for a reason. Throws the file system's error where this user may not write to it.
 */
export async function requireWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (!found) return
  if (found.isFile() && (found.mode & writable) === 0)
    throw refused(path, 'it is read-only', 'Allow writing to it, remove it, or name another file.')
  await access(path, constants.W_OK)
}

function refused(path: string, why: string, help: string): TwinferError {
  return new TwinferError('TWINFER_FILE_UNREADABLE', `cannot write ${path}: ${why}`, { help })
}
