import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { isFolder, makeFolder } from '../../file/makeFolder.js'
import { fileError } from '../../tensor/npy/fileError.js'

/** A folder that is filled aside and put into its place whole. */
export class OutputFolder {
  readonly #path: string

  private constructor(
    path: string,
    readonly unfinished: string,
  ) {
    this.#path = path
  }

  /**
   * Throws TWINFER_INVALID_OPTION for a folder that holds something, unless `force` says that files may be replaced, and
   * TWINFER_FILE_UNREADABLE for what is no folder or cannot be made.
   */
  static async at(path: string, force: boolean): Promise<OutputFolder> {
    const target = resolve(path)
    const there = await readdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw unwritable(path, error)
      return undefined
    })
    if (there && there.length > 0 && !force) {
      throw new TwinferError(
        'TWINFER_INVALID_OPTION',
        `expected a new or empty folder, received ${path}, which holds ${there.length === 1 ? there[0] : `${there.length} files`}`,
        { help: 'Name another folder, or let its files be replaced with --force.' },
      )
    }
    const unfinished = join(dirname(target), `.${basename(target)}-${randomBytes(6).toString('hex')}`)
    try {
      await makeFolder(dirname(target))
      await mkdir(unfinished)
    } catch (error) {
      throw unwritable(path, error)
    }
    return new OutputFolder(target, unfinished)
  }

  /** Makes a folder inside. */
  async folder(name: string): Promise<string> {
    await mkdir(join(this.unfinished, name), { recursive: true })
    return name
  }

  async finish(): Promise<void> {
    try {
      if (await isFolder(this.#path)) await replaceInto(this.unfinished, this.#path)
      else await rename(this.unfinished, this.#path)
    } catch (error) {
      throw await fileError(this.#path, 'write', error)
    }
  }

  /** Of what was not finished nothing is left. */
  async discard(): Promise<void> {
    await rm(this.unfinished, { recursive: true, force: true })
  }
}

async function replaceInto(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from)) {
    await rm(join(to, entry), { recursive: true, force: true })
    await rename(join(from, entry), join(to, entry))
  }
}

function unwritable(path: string, cause: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_FILE_UNREADABLE',
    `cannot write into ${path}: ${(cause as Error).message}`,
    { help: 'Name a folder that can be made or written into.', cause },
  )
}
