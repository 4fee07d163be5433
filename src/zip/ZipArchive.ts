import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { checkEntries, tooLarge } from './checkEntries.js'
import { readEntries } from './readEntries.js'
import { withDefaults, type ZipLimits } from './ZipLimits.js'
import { zipError } from './zipError.js'

/**
 * A zip file that is read member by member, never as a whole. No member is ever written to disk under its
 * own name; names that would leave the folder are refused all the same.
 */
export class ZipArchive {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(
    readonly file: string,
    zip: ZipFile,
    entries: ReadonlyMap<string, Entry>,
  ) {
    this.#zip = zip
    this.#entries = entries
  }

  /**
   * Throws TWINFER_ARCHIVE_INVALID for what is no zip, is cut short, or has a name twice or one that leaves
   * the folder, TWINFER_LIMIT_EXCEEDED, and the file system's own errors.
   */
  static async open(file: string, limits: ZipLimits = {}): Promise<ZipArchive> {
    const most = withDefaults(limits)
    // Loaded here: most programs read .npy files only.
    const { openPromise } = await import('yauzl')
    const zip = await openPromise(file, { autoClose: false }).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === undefined ? zipError(file, `not a whole zip file: ${cause.message}`, cause) : cause
    })
    try {
      if (zip.entryCount > most.members) {
        throw tooLarge(file, `expected at most ${most.members} members, received ${zip.entryCount}`)
      }
      const entries = await readEntries(file, zip)
      checkEntries(file, [...entries.values()], zip.fileSize, most)
      return new ZipArchive(file, zip, entries)
    } catch (error) {
      zip.close()
      throw error
    }
  }

  /** Names of the members, folders left out, in the directory's order. */
  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** Unpacked bytes of a member, or undefined where there is none of this name. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.uncompressedSize
  }

  /**
   * The unpacked bytes of a member, in pieces. Throws TWINFER_ARCHIVE_INVALID where there is none of this
   * name, or where it is encrypted, packed by another method than deflate, or damaged: what was given out
   * before must not be used then.
   */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw zipError(this.file, `it has no member ${name}`)
    if (entry.isEncrypted()) throw zipError(this.file, `member ${name} is encrypted`)
    if (!entry.canDecodeFileData()) {
      const method = `compression method ${entry.compressionMethod}`
      throw zipError(this.file, `member ${name}: expected deflate or none, received ${method}`)
    }
    let sum = 0
    try {
      for await (const piece of await this.#zip.openReadStreamPromise(entry)) {
        sum = crc32(piece, sum)
        yield piece
      }
    } catch (cause) {
      throw zipError(this.file, `member ${name} is damaged: ${(cause as Error).message}`, cause)
    }
    if (sum !== entry.crc32) {
      const [expected, received] = [entry.crc32, sum].map((value) => value.toString(16).padStart(8, '0'))
      throw zipError(this.file, `member ${name} is damaged: expected CRC ${expected}, received ${received}`)
    }
  }

  close(): void {
    this.#zip.close()
  }
}
