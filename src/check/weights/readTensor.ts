import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** A tensor's values, read `bytesLater` bytes further on; zeros where the file ends before. */
export async function readTensor(
  { offset, count, format }: StoredTensor,
  source: WeightBytes,
  bytesLater = 0,
): Promise<Float32Array> {
  const values = new Float32Array(count)
  const size = bytesPerValue[format]
  await visitPieces(source, offset + bytesLater, count * size, (piece, at) => {
    values.set(decodeValues(piece, format).subarray(0, count - at / size), at / size)
  })
  return values
}
