import { TwinferError } from '../../errors/TwinferError.js'
import { arrayForDType, type TypedArray } from '../DType.js'
import { Tensor } from '../Tensor.js'
import { isLittleEndianHost, type NpyHeader } from './parseHeader.js'

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

/**
 * Puts elements that come in Fortran order (the first dimension is the fastest), in pieces of any length,
 * where C order wants them: no second copy of the whole array is needed for it.
 */
export class FortranScatter<A extends TypedArray> {
  readonly #target: Float64Array
  readonly #shape: readonly number[]
  readonly #strides: readonly number[]
  readonly #index: number[]
  /** Where the element lies with which the run along the first dimension began. */
  #start = 0
  /** How much of that run is done. */
  #done = 0

  constructor(target: A, shape: readonly number[]) {
    // Elements are only moved; the cast spares a copy of the loop for the two classes that hold bigints.
    this.#target = target as unknown as Float64Array
    this.#shape = shape
    this.#strides = cStrides(shape)
    this.#index = new Array<number>(shape.length).fill(0)
  }

  write(elements: A): void {
    const from = elements as unknown as Float64Array
    const to = this.#target
    const [run = 1] = this.#shape
    const [step = 1] = this.#strides
    for (let next = 0; next < from.length; ) {
      const count = Math.min(run - this.#done, from.length - next)
      let at = this.#start + this.#done * step
      for (const end = next + count; next < end; at += step) to[at] = from[next++]!
      this.#done += count
      if (this.#done === run) this.#nextRun()
    }
  }

  #nextRun(): void {
    this.#done = 0
    for (let axis = 1; axis < this.#shape.length; axis++) {
      this.#start += this.#strides[axis]!
      if (++this.#index[axis]! < this.#shape[axis]!) return
      this.#start -= this.#strides[axis]! * this.#shape[axis]!
      this.#index[axis] = 0
    }
  }
}

function cStrides(shape: readonly number[]): readonly number[] {
  let stride = 1
  return shape
    .toReversed()
    .map((size) => {
      const own = stride
      stride *= size
      return own
    })
    .reverse()
}

/** Smaller arrays are not worth asking the system about its memory. */
const large = 2 ** 28

/**
 * Memory for an array's data. Throws TWINFER_OUT_OF_MEMORY where the runtime's own RangeError would say
 * less, and where the system has less left: it would promise the memory, and end the process on its use.
 */
function allocate(name: string, bytes: number): ArrayBuffer {
  const available = bytes < large ? Number.POSITIVE_INFINITY : process.availableMemory()
  if (bytes > available) throw outOfMemory(name, bytes, `, with ${available} available`)
  try {
    return new ArrayBuffer(bytes)
  } catch (cause) {
    throw outOfMemory(name, bytes, '', cause)
  }
}

function outOfMemory(name: string, bytes: number, detail: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_OUT_OF_MEMORY', `${name}: cannot allocate its ${bytes} bytes${detail}`, {
    help: 'Split the array into smaller files.',
    cause,
  })
}

/** Buffers end at 4 GiB in Node 20; a multiple of every element's size. */
const largestPiece = 2 ** 30

/** Turns the byte order of every element round, in place. */
function swapBytes(bytes: Uint8Array, bytesPerElement: number): void {
  for (let start = 0; start < bytes.length; start += largestPiece) {
    const length = Math.min(largestPiece, bytes.length - start)
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
    if (bytesPerElement === 2) piece.swap16()
    if (bytesPerElement === 4) piece.swap32()
    if (bytesPerElement === 8) piece.swap64()
  }
}
