/** Weights of a file, read piece by piece: a .bin may be larger than the memory. */
export interface WeightBytes {
  readonly size: number
  /** At most `largestPiece` bytes. Valid until the next call; shorter only at the end of the file. */
  piece(offset: number, length: number): Promise<Uint8Array>
}

/** A whole number of values of every type. */
export const largestPiece = 4 * 1024 * 1024
