import { open, writeFile } from 'node:fs/promises'
import { fileError } from '../../tensor/npy/fileError.js'
import { TargetFile } from '../../zip/TargetFile.js'

/** A file that a command will write when it is done: refused before the work, and written whole or not at all. */
export class OutputFile {
  /** As it was given. */
  readonly path: string
  readonly #target: TargetFile

  private constructor(path: string, target: TargetFile) {
    this.path = path
    this.#target = target
  }

  /**
   * Tries whether `path` can be written to, and leaves nothing behind. Throws TWINFER_FILE_NOT_FOUND where its
   * folder is missing, TWINFER_FILE_UNREADABLE where it is no regular file or may not be written.
   */
  static async at(path: string): Promise<OutputFile> {
    try {
      const target = await TargetFile.at(path)
      try {
        await (await open(target.unfinished, 'w')).close()
      } finally {
        await target.discard().catch(() => {})
      }
      return new OutputFile(path, target)
    } catch (error) {
      throw await fileError(path, 'write', error)
    }
  }

  async write(content: string | Uint8Array): Promise<void> {
    try {
      await writeFile(this.#target.unfinished, content, { flush: true })
      await this.#target.replace()
    } catch (error) {
      await this.#target.discard()
      throw await fileError(this.path, 'write', error)
    }
  }
}
