import { PbfReader } from 'pbf'
import { TwinferError } from '../../errors/TwinferError.js'

/**
 * pbf for files of unknown origin: it trusts every length it reads, and would count up to a length of 2^60.
 * Here a length beyond the message around it, or beyond the file, is an error before anything is done with it.
 */
export class ProtobufReader extends PbfReader {
  private limit = this.length

  constructor(
    bytes: Uint8Array,
    private readonly file: string,
  ) {
    super(bytes)
  }

  override readMessage<T>(readField: (tag: number, result: T, reader: PbfReader) => void, result: T): T {
    const end = this.readEnd()
    const outer = this.limit
    this.limit = end
    this.readFields(readField, result, end)
    this.limit = outer
    return result
  }

  override readFields<T>(
    readField: (tag: number, result: T, reader: PbfReader) => void,
    result: T,
    end = this.limit,
  ): T {
    super.readFields(readField, result, end)
    if (this.pos !== end) throw this.damaged('a field ends outside its message')
    return result
  }

  override readVarint(isSigned?: boolean): number {
    const value = super.readVarint(isSigned)
    if (this.pos > this.limit) throw this.endsEarly()
    return value
  }

  /** All 64 bits of an integer, where a number would round; negative ones are in two's complement. */
  readVarint64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pos >= this.limit) throw this.endsEarly()
      const byte = this.buf[this.pos++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw this.damaged('a number has more than 10 bytes')
  }

  override readBytes(): Uint8Array {
    const end = this.readEnd()
    const bytes = this.buf.subarray(this.pos, end)
    this.pos = end
    return bytes
  }

  override readString(): string {
    return Buffer.from(this.readBytes()).toString('utf8')
  }

  override readPackedEnd(): number {
    const packed = this.type === lengthDelimited
    return packed ? this.readEnd() : super.readPackedEnd()
  }

  /** The encoded value or values of a repeated number, packed or not, to be decoded later. */
  readPiece(): Uint8Array {
    if (this.type === lengthDelimited) return this.readBytes()
    const start = this.pos
    this.skip(this.type)
    return this.buf.subarray(start, this.pos)
  }

  override skip(type: number): void {
    super.skip(type)
    if (this.pos > this.limit) throw this.endsEarly()
  }

  private readEnd(): number {
    const length = this.readVarint()
    const end = this.pos + length
    if (end > this.length) {
      throw new TwinferError(
        'TWINFER_MODEL_TRUNCATED',
        `${this.file}: expected ${length} bytes at byte ${this.pos}, the file ends after ${this.length - this.pos}`,
        { help: 'Copy or export it again: its end is missing.' },
      )
    }
    if (end > this.limit) throw this.damaged('a length leads outside its message')
    return end
  }

  private endsEarly(): TwinferError {
    return this.damaged('a field is cut off')
  }

  private damaged(what: string): TwinferError {
    return new TwinferError(
      'TWINFER_MODEL_INVALID',
      `${this.file}: damaged protobuf near byte ${this.pos}: ${what}`,
      {
        help: 'Copy or export the model again.',
      },
    )
  }
}

const lengthDelimited = 2
