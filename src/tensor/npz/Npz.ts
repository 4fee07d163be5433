import { answering, answeringMethods, refuse } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { ZipArchive, type ZipLimits } from '../../zip/ZipArchive.js'
import { fileError } from '../npy/fileError.js'
import { openRegularFile, readNpyPieces } from '../npy/readNpy.js'
import type { Tensor } from '../Tensor.js'

const extension = '.npy'

/** An open .npz: what numpy.savez and numpy.savez_compressed write. Arrays are read when asked for. */
export class Npz {
  /** Names of the arrays as NumPy shows them, without `.npy`, in the file's order. */
  readonly names: readonly string[]
  /** Names of the members that are no arrays. */
  readonly others: readonly string[]
  readonly #archive: ZipArchive

  private constructor(archive: ZipArchive) {
    try {
      this.#archive = archive
      const isArray = (name: string) => name.endsWith(extension)
      this.names = archive.names.filter(isArray).map((name) => name.slice(0, -extension.length))
      this.others = archive.names.filter((name) => !isArray(name))
    } catch (error) {
      refuse('new Npz', error) // only Npz.open has what it takes
    }
  }

  /**
   * Reads the directory only. Throws TWINFER_ARCHIVE_INVALID, TWINFER_LIMIT_EXCEEDED,
   * TWINFER_FILE_NOT_FOUND (its help names a file with a similar name) or TWINFER_FILE_UNREADABLE.
   */
  static async open(file: string, limits: ZipLimits = {}): Promise<Npz> {
    try {
      const { handle } = await openRegularFile(file)
      await handle.close()
      return new Npz(await ZipArchive.open(file, limits))
    } catch (error) {
      throw await fileError(file, 'read', error)
    }
  }

  /**
   * One array, as readNpy reads it. Throws TWINFER_INVALID_ARGUMENT where there is none of this name,
   * TWINFER_ARCHIVE_INVALID or TWINFER_NPY_INVALID where it is damaged, TWINFER_OUT_OF_MEMORY.
   */
  async read(name: string): Promise<Tensor> {
    const { file } = this.#archive
    const member = name + extension
    const size = this.#archive.sizeOf(member)
    if (size === undefined) {
      throw new TwinferError('TWINFER_INVALID_ARGUMENT', `${file}: it has no array '${name}'`, {
        help: `${suggest(name, this.names)} It has ${this.names.join(', ') || 'none'}.`.trim(),
      })
    }
    return readNpyPieces(`${file}:${name}`, size, this.#archive.read(member))
  }

  /** Resolves when the file is closed. */
  close(): Promise<void> {
    return this.#archive.close()
  }
}

answeringMethods(Npz)

/**
 * All arrays of a .npz by name, in the file's order. Throws what Npz.open and Npz.read throw, and
 * TWINFER_ARCHIVE_INVALID where a member is no array: nothing is left out in silence.
 */
export const readNpz = answering(
  'readNpz',
  async function readNpz(file: string, limits: ZipLimits = {}): Promise<ReadonlyMap<string, Tensor>> {
    const npz = await Npz.open(file, limits)
    try {
      if (npz.others.length > 0) {
        throw new TwinferError(
          'TWINFER_ARCHIVE_INVALID',
          `${file}: expected .npy members only, received ${npz.others.join(', ')}`,
          { help: 'Read the arrays you want by name: FILE.npz:NAME, or Npz.open(file) and read(name).' },
        )
      }
      const arrays = new Map<string, Tensor>()
      for (const name of npz.names) arrays.set(name, await npz.read(name))
      return arrays
    } finally {
      await npz.close()
    }
  },
)
