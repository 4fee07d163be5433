import { arrayForDType } from '../arrayForDType.js'
import { Tensor } from '../Tensor.js'
import type { TypedArray } from '../TypedArray.js'
import { allocate } from './allocate.js'
import { FortranScatter } from './FortranScatter.js'
import { isLittleEndianHost } from './isLittleEndianHost.js'
import type { NpyHeader } from './NpyHeader.js'
import { swapBytes } from './swapBytes.js'

/** A multiple of every element's size, small beside the data and large beside a read. */
const blockBytes = 2 ** 22

/**
 * Makes the tensor from the data part of a file, which comes in pieces: ask `next()` where the next bytes
 * go, fill some of them and say how many. Holds the data once, whatever their order in the file.
 */
export class NpyDataBuilder {
  readonly #header: NpyHeader
  readonly #data: TypedArray
  readonly #bytes: Uint8Array
  /** Where data in Fortran order are collected until a block is full. */
  readonly #block: TypedArray | undefined
  readonly #scatter: FortranScatter<TypedArray> | undefined
  #received = 0

  /** Throws TWINFER_OUT_OF_MEMORY. */
  constructor(name: string, header: NpyHeader) {
    const { dtype, shape, dataBytes, fortranOrder } = header
    const array = arrayForDType(dtype)
    this.#header = header
    this.#data = new array(allocate(name, dataBytes))
    this.#bytes = new Uint8Array(this.#data.buffer)
    const isSameInBothOrders = shape.filter((size) => size !== 1).length < 2
    if (!fortranOrder || isSameInBothOrders) return
    this.#block = new array(Math.min(blockBytes, dataBytes) / this.#data.BYTES_PER_ELEMENT)
    this.#scatter = new FortranScatter(this.#data, shape)
  }

  /** How many bytes are still to come. */
  get missing(): number {
    return this.#header.dataBytes - this.#received
  }

  /** The memory for the next bytes, at least one where any is missing. */
  next(): Uint8Array {
    if (this.#block === undefined) return this.#bytes.subarray(this.#received)
    const filled = this.#received % this.#block.byteLength
    const end = Math.min(this.#block.byteLength, filled + this.missing)
    return new Uint8Array(this.#block.buffer, filled, end - filled)
  }

  /** Says that the first `count` bytes of `next()` are filled. */
  advance(count: number): void {
    this.#received += count
    if (this.#block === undefined || this.#scatter === undefined || count === 0) return
    const filled = this.#received % this.#block.byteLength
    if (filled === 0) this.#scatter.write(this.#block)
    else if (this.missing === 0)
      this.#scatter.write(this.#block.subarray(0, filled / this.#block.BYTES_PER_ELEMENT))
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const target = this.next()
      const piece = bytes.subarray(done, done + target.length)
      target.set(piece)
      this.advance(piece.length)
      done += piece.length
    }
  }

  finish(): Tensor {
    const { dtype, shape, littleEndian } = this.#header
    if (littleEndian !== isLittleEndianHost) swapBytes(this.#bytes, this.#data.BYTES_PER_ELEMENT)
    return new Tensor(this.#data, shape, { dtype })
  }
}
