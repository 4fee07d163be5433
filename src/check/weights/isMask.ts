import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import { visitPieces } from './visitPieces.js'
import type { WeightBytes } from './WeightBytes.js'

/** A mask leaves out (-Infinity, the least float, -1e9) or keeps, sometimes in two strengths. */
const mostOthers = 2
/** A table of many values in which fewer are infinite has lost those, as by overflow in float16. */
const leastInfinite = 1 / 20

/**
 * Whether a constant is made to leave positions out: its extremes (those like the largest, `most`) are one value, and
 * there are two others at most, or the extremes are many and negative, as in a mask with a bias. What is beyond `most`
 * is left out: infinite values are judged by themselves, and so are the finite ones beside them.
 */
export async function isMask(
  { role, format, offset, count }: StoredTensor,
  most: number,
  source: WeightBytes,
): Promise<boolean> {
  if (role !== 'data') return false
  const extremes = new Set<number>()
  const others = new Set<number>()
  let many = 0
  await visitPieces(source, offset, count * bytesPerValue[format], (piece) => {
    for (const value of decodeValues(piece, format)) {
      const size = Math.abs(value)
      if (size === most || (size > most / 2 && size < most)) {
        many++
        if (extremes.size <= 1) extremes.add(value)
      } else if (size < most && others.size <= mostOthers) others.add(value)
    }
  })
  const [extreme = 0, ...more] = extremes
  const isMany = many > 1 && (most < Number.POSITIVE_INFINITY || many >= count * leastInfinite)
  return more.length === 0 && (others.size <= mostOthers || (extreme < 0 && isMany))
}
