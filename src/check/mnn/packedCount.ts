import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import { quanType } from './collectWeights.js'
import { slots } from './mnnSlots.js'

/**
 * How many weights compressed ones stand for: indexed and sparse ones start with their shape. NaN where the
 * file does not say (weights in a file of their own).
 */
export function packedCount(quan: FlatTable): number {
  const buffer = quan.vector(slots.quan.buffer, 1, 'quantised weights')
  if (!buffer || buffer.count === 0) return Number.NaN
  const type = quan.int32(slots.quan.type, 0, 'quantised weights')
  if (type === quanType.int8) return buffer.count
  if (type !== quanType.indexed && type !== quanType.sparse) return Number.NaN
  const dims = quan.bytesAt(buffer.offset, 1)[0]!
  const size = quan.uint8(slots.quan.shapeInt32, 0, 'quantised weights') !== 0 ? 4 : 2
  const shape = quan.bytesAt(buffer.offset + 1, dims * size)
  let count = 1
  for (let i = 0; i < dims; i++) count *= Buffer.from(shape).readUIntLE(i * size, size)
  return count
}
