import { ByteBuffer } from 'flatbuffers'
import { TwinferError } from '../../errors/TwinferError.js'

/**
 * A flatbuffer of unknown origin: every read is checked against the file's length first, because the
 * flatbuffers package returns garbage beyond its end instead of an error.
 */
export class FlatBuffer {
  private readonly bytes: ByteBuffer

  constructor(
    content: Uint8Array,
    private readonly file: string,
  ) {
    this.bytes = new ByteBuffer(content)
  }

  get length(): number {
    return this.bytes.capacity()
  }

  uint8(at: number, what: string): number {
    return this.bytes.readUint8(this.within(at, 1, what))
  }

  uint16(at: number, what: string): number {
    return this.bytes.readUint16(this.within(at, 2, what))
  }

  int32(at: number, what: string): number {
    return this.bytes.readInt32(this.within(at, 4, what))
  }

  float32(at: number, what: string): number {
    return this.bytes.readFloat32(this.within(at, 4, what))
  }

  int64(at: number, what: string): number {
    return Number(this.bytes.readInt64(this.within(at, 8, what)))
  }

  /** The position that the offset at `at` points to. */
  follow(at: number, what: string): number {
    const offset = this.bytes.readUint32(this.within(at, 4, what))
    if (offset === 0) throw this.damaged(`${what} at byte ${at} points to itself`)
    return this.within(at + offset, 4, what)
  }

  text(at: number, what: string): string {
    const length = this.int32(at, what)
    const start = this.within(at + 4, length, what)
    return new TextDecoder().decode(this.bytes.bytes().subarray(start, start + length))
  }

  slice(at: number, length: number): Uint8Array {
    return this.bytes.bytes().subarray(this.within(at, length, 'packed weights'), at + length)
  }

  /** `at` itself, once `size` bytes from there are known to be inside the file. */
  within(at: number, size: number, what: string): number {
    if (at >= 0 && size >= 0 && at + size <= this.length) return at
    throw this.damaged(`${what} lies at byte ${at} (${size} bytes), the file ends at ${this.length}`)
  }

  damaged(detail: string): TwinferError {
    return new TwinferError('TWINFER_MODEL_INVALID', `${this.file} is not a sound MNN model: ${detail}`, {
      help: 'The file is cut short or damaged: copy or convert it again.',
    })
  }
}
