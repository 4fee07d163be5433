import type { FlatBuffer } from './FlatBuffer.js'

interface FlatVector {
  /** Bytes into the file. */
  readonly offset: number
  readonly count: number
}

/** One table of a FlatBuffer. Fields are named by their vtable slot; an absent one gives its default. */
export class FlatTable {
  private readonly vtable: number
  private readonly vtableSize: number

  constructor(
    private readonly buffer: FlatBuffer,
    private readonly position: number,
  ) {
    this.vtable = position - buffer.int32(position, 'a table')
    this.vtableSize = buffer.uint16(this.vtable, 'a vtable')
    // One without entries is a table of defaults; FlatBuffers' own verifier asks for no more than this.
    if (this.vtableSize % 2 !== 0) {
      throw buffer.damaged(`the vtable at byte ${this.vtable} has a size of ${this.vtableSize}`)
    }
    // The size of the table stands behind its own; no reader asks for it, and each field is checked by itself.
    buffer.within(this.vtable, this.vtableSize, 'a vtable')
  }

  /** The table that the file itself is. */
  static rootOf(buffer: FlatBuffer): FlatTable {
    return new FlatTable(buffer, buffer.follow(0, 'the root table'))
  }

  uint8(slot: number, fallback: number, what: string): number {
    const at = this.field(slot)
    return at === undefined ? fallback : this.buffer.uint8(at, what)
  }

  int32(slot: number, fallback: number, what: string): number {
    const at = this.field(slot)
    return at === undefined ? fallback : this.buffer.int32(at, what)
  }

  float32(slot: number, fallback: number, what: string): number {
    const at = this.field(slot)
    return at === undefined ? fallback : this.buffer.float32(at, what)
  }

  /** Where the elements of a vector lie in the file, which no copy is made of; undefined without it. */
  vector(slot: number, elementBytes: number, what: string): FlatVector | undefined {
    const at = this.field(slot)
    if (at === undefined) return undefined
    const start = this.buffer.follow(at, what)
    const count = this.buffer.int32(start, what)
    return { offset: this.buffer.within(start + 4, count * elementBytes, what), count }
  }

  /** Bytes anywhere in the file, as a view. */
  bytesAt(offset: number, length: number): Uint8Array {
    return this.buffer.slice(offset, length)
  }

  /** 64-bit numbers, as far as a number holds them. */
  longs(slot: number, what: string): readonly number[] {
    const vector = this.vector(slot, 8, what)
    if (!vector) return []
    return Array.from({ length: vector.count }, (_, index) =>
      this.buffer.int64(vector.offset + 8 * index, what),
    )
  }

  text(slot: number, what: string): string {
    const at = this.field(slot)
    return at === undefined ? '' : this.buffer.text(this.buffer.follow(at, what), what)
  }

  table(slot: number, what: string): FlatTable | undefined {
    const at = this.field(slot)
    return at === undefined ? undefined : new FlatTable(this.buffer, this.buffer.follow(at, what))
  }

  ints(slot: number, what: string): readonly number[] {
    return this.elements(slot, what).map((at) => this.buffer.int32(at, what))
  }

  texts(slot: number, what: string): readonly string[] {
    return this.elements(slot, what).map((at) => this.buffer.text(this.buffer.follow(at, what), what))
  }

  tables(slot: number, what: string): readonly FlatTable[] {
    return this.elements(slot, what).map((at) => new FlatTable(this.buffer, this.buffer.follow(at, what)))
  }

  /** Where each element of a vector of 4-byte elements is (numbers and offsets both are). */
  private elements(slot: number, what: string): readonly number[] {
    // Checked before anything is allocated: a damaged count may be two thousand million.
    const vector = this.vector(slot, 4, what)
    if (!vector) return []
    return Array.from({ length: vector.count }, (_, index) => vector.offset + index * 4)
  }

  private field(slot: number): number | undefined {
    if (slot + 2 > this.vtableSize) return undefined
    const offset = this.buffer.uint16(this.vtable + slot, 'a vtable')
    return offset === 0 ? undefined : this.position + offset
  }
}
