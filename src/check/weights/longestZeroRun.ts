import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** The longest run of zeros in a tensor: where it starts, in values, and how long it is. */
export async function longestZeroRun(
  tensor: StoredTensor,
  source: WeightBytes,
): Promise<{ start: number; length: number }> {
  const { format, offset, count } = tensor
  let run = 0
  let longest = { start: 0, length: 0 }
  await visitPieces(source, offset, count * bytesPerValue[format], (piece, at) => {
    const values = decodeValues(piece, format)
    const base = at / bytesPerValue[format]
    for (let i = 0; i < values.length; i++) {
      run = values[i] === 0 ? run + 1 : 0
      if (run > longest.length) longest = { start: base + i - run + 1, length: run }
    }
  })
  return longest
}
