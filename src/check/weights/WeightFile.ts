import { type FileHandle, open } from 'node:fs/promises'
import type { FileOrBytes } from '../../file/ModelFile.js'
import { unreadable } from '../../file/requireFile.js'
import { progress } from '../../format/progress.js'
import { readInto } from '../../tensor/npy/readNpy.js'

/** Weights of a file, read piece by piece: a .bin may be larger than the memory. */
export interface WeightBytes {
  readonly size: number
  /** At most `largestPiece` bytes. Valid until the next call; shorter only at the end of the file. */
  piece(offset: number, length: number): Promise<Uint8Array>
}

/** A whole number of values of every type. */
const largestPiece = 4 * 1024 * 1024

/** A file of weights on disk. Neighbouring small tensors share one read. */
export class WeightFile implements WeightBytes, AsyncDisposable {
  private readonly window = new Uint8Array(largestPiece)
  private windowStart = 0
  private windowLength = 0

  private constructor(
    private readonly handle: FileHandle,
    readonly path: string,
    readonly size: number,
  ) {}

  /** Throws TWINFER_FILE_UNREADABLE. */
  static async open(path: string): Promise<WeightFile> {
    try {
      const handle = await open(path)
      return new WeightFile(handle, path, (await handle.stat()).size)
    } catch (cause) {
      throw unreadable('weights', path, cause)
    }
  }

  async piece(offset: number, length: number): Promise<Uint8Array> {
    const within = offset - this.windowStart
    if (within < 0 || within + length > this.windowLength) await this.moveWindow(offset)
    const start = offset - this.windowStart
    return this.window.subarray(start, Math.min(start + length, this.windowLength))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close()
  }

  private async moveWindow(offset: number): Promise<void> {
    this.windowStart = offset
    this.windowLength = 0
    const length = Math.max(0, Math.min(largestPiece, this.size - offset))
    try {
      progress(`checking ${this.path}`, { done: offset, total: this.size, unit: 'bytes' })
      this.windowLength = await readInto(this.handle, this.window.subarray(0, length), offset)
    } catch (cause) {
      throw unreadable('weights', this.path, cause)
    }
  }
}

/** Weights of a file that is in memory anyway. */
export class MemoryBytes implements WeightBytes, AsyncDisposable {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length
  }

  async piece(offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.subarray(offset, offset + length)
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** For reading weights, wherever they are. Throws TWINFER_FILE_UNREADABLE. */
export async function openWeights(weights: FileOrBytes): Promise<WeightBytes & AsyncDisposable> {
  return typeof weights === 'string' ? WeightFile.open(weights) : new MemoryBytes(weights)
}

/** The bytes from `offset` on, together; fewer where the file ends. */
export async function bytesAt(source: WeightBytes, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, source.size - offset)))
  await visitPieces(source, offset, bytes.length, (piece, at) => bytes.set(piece, at))
  return bytes
}

/** Calls `visit` with the bytes from `offset` on, piece by piece, and where each piece starts. */
export async function visitPieces(
  source: WeightBytes,
  offset: number,
  length: number,
  visit: (piece: Uint8Array, at: number) => void,
): Promise<void> {
  for (let done = 0; done < length; ) {
    const piece = await source.piece(offset + done, Math.min(largestPiece, length - done))
    if (piece.length === 0) return
    visit(piece, done)
    done += piece.length
  }
}
