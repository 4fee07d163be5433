/** Buffers end at 4 GiB in Node 20; a multiple of every element's size. */
const largestPiece = 2 ** 30

/** Turns the byte order of every element round, in place. */
export function swapBytes(bytes: Uint8Array, bytesPerElement: number): void {
  for (let start = 0; start < bytes.length; start += largestPiece) {
    const length = Math.min(largestPiece, bytes.length - start)
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
    if (bytesPerElement === 2) piece.swap16()
    if (bytesPerElement === 4) piece.swap32()
    if (bytesPerElement === 8) piece.swap64()
  }
}
