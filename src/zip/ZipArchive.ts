import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'

/** What an archive may ask for. It may come from a stranger: nothing is unpacked that is beyond these. */
export interface ZipLimits {
  /** Number of members. Default: 10,000. */
  readonly members?: number | undefined
  /** Unpacked bytes of all members together, as the archive declares them. Default: 16 GiB. */
  readonly bytes?: number | undefined
  /**
   * How many times its packed size a member of more than 256 MiB may unpack to. Default: 200; deflate reaches
   * 1032 on zeros, real values of any kind stay far below.
   */
  readonly ratio?: number | undefined
}

interface CheckedLimits {
  readonly members: number
  readonly bytes: number
  readonly ratio: number
}

const limitNames: OptionNames<ZipLimits> = { members: true, bytes: true, ratio: true }

function withDefaults(limits: ZipLimits): CheckedLimits {
  requireOptions(limits, limitNames, 'limits')
  const { members = 10_000, bytes = 2 ** 34, ratio = 200 } = limits
  return { members, bytes, ratio }
}

/** A member of an archive that is to be written. */
export interface ZipMember {
  readonly name: string
  /** Its content in pieces, asked for when its turn comes, so that few are in memory at once. */
  content(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

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
      await closed(zip)
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

  /** Resolves when the file is closed: on Windows it cannot be replaced before. */
  close(): Promise<void> {
    return closed(this.#zip)
  }
}

async function closed(zip: ZipFile): Promise<void> {
  if (!zip.isOpen) return
  await new Promise<void>((resolve) => {
    zip.once('close', resolve)
    zip.close()
  })
}

/** What the directory of an archive may take: names, comments and extra fields. */
const largestDirectory = 2 ** 24

/** The directory of an archive by name, without its folders. */
async function readEntries(file: string, zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  let directory = 0
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, fileNameLength, extraFieldLength, fileCommentLength } = entry
      directory += fileNameLength + extraFieldLength + fileCommentLength
      if (directory > largestDirectory) throw zipError(file, 'its directory takes more than 16 MiB')
      if (fileName.endsWith('/')) continue
      if (entries.has(fileName)) throw zipError(file, `it has two members named ${fileName}`)
      entries.set(fileName, entry)
    }
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw zipError(file, `its directory is damaged: ${(cause as Error).message}`, cause)
  }
  return entries
}

/** A member this small cannot hurt, however well it is packed. */
const harmless = 2 ** 28

/**
 * Refuses an archive by what its directory says, before anything is unpacked. Together the members cannot
 * be packed into more bytes than the file has: those of a quine or an overlapping bomb can.
 */
function checkEntries(
  file: string,
  entries: readonly Entry[],
  fileBytes: number,
  limits: CheckedLimits,
): void {
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0)
  if (packed > fileBytes) {
    throw zipError(
      file,
      `its members overlap: expected at most ${fileBytes} packed bytes, received ${packed} in its directory`,
    )
  }
  const unpacked = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (unpacked > limits.bytes) {
    throw tooLarge(file, `expected at most ${limits.bytes} unpacked bytes, received ${unpacked}`)
  }
  for (const { fileName, compressedSize, uncompressedSize } of entries) {
    if (uncompressedSize <= harmless || uncompressedSize <= limits.ratio * compressedSize) continue
    throw tooLarge(
      file,
      `member ${fileName}: expected at most ${limits.ratio} times its ${compressedSize} packed bytes, received ${uncompressedSize}`,
    )
  }
}

function tooLarge(file: string, message: string): TwinferError {
  return new TwinferError('TWINFER_LIMIT_EXCEEDED', `${file}: ${message}`, {
    help: 'If you trust the file, give higher `limits` to the function that reads it.',
  })
}

/** What all refusals of a damaged or hostile archive have in common. `name` is the file's name. */
function zipError(name: string, message: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_ARCHIVE_INVALID', `${name}: ${message}`, {
    help: 'Copy or download the file again, or write it again.',
    cause,
  })
}
