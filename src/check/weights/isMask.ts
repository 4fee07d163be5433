import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** A mask leaves out (-Infinity, the least float, -1e9) or keeps, sometimes in two strengths. */
const mostOthers = 2

/**
 * Whether a constant is made to leave positions out: its extremes (infinite ones, and those like the largest) are
 * one value, and there are two others at most, or the extremes are many and negative, as in a mask with a bias.
 */
export async function isMask(
  { role, format, offset, count }: StoredTensor,
  maxAbs: number,
  source: WeightBytes,
): Promise<boolean> {
  if (role !== 'data') return false
  const extremes = new Set<number>()
  const others = new Set<number>()
  let many = 0
  await visitPieces(source, offset, count * bytesPerValue[format], (piece) => {
    for (const value of decodeValues(piece, format)) {
      if (Math.abs(value) <= maxAbs / 2) {
        if (others.size <= mostOthers) others.add(value)
      } else {
        many++
        if (extremes.size <= 1) extremes.add(value)
      }
    }
  })
  const [extreme = 0, ...more] = extremes
  return more.length === 0 && (others.size <= mostOthers || (extreme < 0 && many > 1))
}
