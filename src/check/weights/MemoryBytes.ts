import type { WeightBytes } from './WeightBytes.js'

/** Weights of a file that is in memory anyway. */
export class MemoryBytes implements WeightBytes {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length
  }

  async piece(offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.subarray(offset, offset + length)
  }
}
