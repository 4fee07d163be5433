import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'
import { fileError } from '../../tensor/npy/fileError.js'

/** A file that a command will write when it is done: refused before the work, and written whole or not at all. */
export class OutputFile {
  /** As it was given. */
  readonly path: string
  readonly #target: string

  private constructor(path: string, target: string) {
    this.path = path
    this.#target = target
  }

  /**
   * Tries whether `path` can be written to, and leaves nothing behind. Throws TWINFER_FILE_NOT_FOUND where its
   * folder is missing, TWINFER_FILE_UNREADABLE where it is no regular file or may not be written.
   */
  static async at(path: string): Promise<OutputFile> {
    // Through a symbolic link, lest the file replace it.
    const target = await realpath(path).catch(() => path)
    await refuseSpecialFile(path, target)
    const file = new OutputFile(path, target)
    try {
      await (await open(file.#unfinished, 'w')).close()
    } catch (error) {
      throw await fileError(path, 'write', error)
    } finally {
      await rm(file.#unfinished, { force: true }).catch(() => {})
    }
    return file
  }

  async write(text: string): Promise<void> {
    try {
      await writeFile(this.#unfinished, text, { flush: true })
      await rename(this.#unfinished, this.#target)
    } catch (error) {
      await rm(this.#unfinished, { force: true })
      throw await fileError(this.path, 'write', error)
    }
  }

  get #unfinished(): string {
    return `${this.#target}.${process.pid}.tmp`
  }
}

/** A device or a pipe would be replaced by the file. */
async function refuseSpecialFile(path: string, target: string): Promise<void> {
  const found = await stat(target).catch(() => null)
  if (!found || found.isFile()) return
  const what = found.isDirectory() ? 'it is a folder' : 'it is no regular file'
  throw new TwinferError('TWINFER_FILE_UNREADABLE', `cannot write ${path}: ${what}`, {
    help: 'Name a file in a folder that exists.',
  })
}
