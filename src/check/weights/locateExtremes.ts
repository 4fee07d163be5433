import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** Where the odd values of a tensor are; indices count values, undefined where there is none. */
export interface Extremes {
  readonly nan: number
  readonly firstNan: number | undefined
  readonly infinite: number
  readonly firstInfinite: number | undefined
  /** Of the finite values. */
  readonly maxAbs: number
  readonly maxAbsAt: number
}

/** A second pass, for tensors of which the first one found that it is worth it. */
export async function locateExtremes(tensor: StoredTensor, source: WeightBytes): Promise<Extremes> {
  const { format, offset, count } = tensor
  const found = { nan: 0, infinite: 0, maxAbs: 0, maxAbsAt: 0 }
  let firstNan: number | undefined
  let firstInfinite: number | undefined
  await visitPieces(source, offset, count * bytesPerValue[format], (piece, at) => {
    const values = decodeValues(piece, format)
    const base = at / bytesPerValue[format]
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i]!)
      if (Number.isNaN(size)) {
        found.nan++
        firstNan ??= base + i
      } else if (size === Number.POSITIVE_INFINITY) {
        found.infinite++
        firstInfinite ??= base + i
      } else if (size > found.maxAbs) {
        found.maxAbs = size
        found.maxAbsAt = base + i
      }
    }
  })
  return { ...found, firstNan, firstInfinite }
}
