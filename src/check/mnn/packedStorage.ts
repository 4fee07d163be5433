import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import type { IntegerStorage } from '../Finding.js'
import { quanType } from './collectWeights.js'
import { slots } from './mnnSlots.js'

const fewest = 2
const most = 8

/**
 * Of how many bits compressed weights are. Converters since 3.1.2 say it (aMaxOrBits, which held the largest
 * value before); else it follows from the values in use: a quantiser gives its largest weight the last of them.
 */
export function packedStorage(quan: FlatTable): IntegerStorage {
  return `int${packedBits(quan) as 2 | 3 | 4 | 5 | 6 | 7 | 8}`
}

function packedBits(quan: FlatTable): number {
  const what = 'quantised weights'
  const said = quan.int32(slots.quan.bits, 0, what)
  if (said >= fewest && said <= most) return said
  if (quan.int32(slots.quan.type, 0, what) !== quanType.indexed) return most
  const samples = indexedSamples(quan)
  for (let bits = fewest; bits < most; bits++) {
    const half = 1 << (bits - 1)
    if (samples.every((sample) => sample >= -half && sample < half)) return bits
  }
  return most
}

/** The values in front of the indices, behind the shape: their number is a byte, 0 for 256. */
function indexedSamples(quan: FlatTable): Int8Array {
  const buffer = quan.vector(slots.quan.buffer, 1, 'quantised weights')
  if (!buffer || buffer.count === 0) return Int8Array.of(-128)
  const bytes = quan.bytesAt(buffer.offset, buffer.count)
  const wide = quan.uint8(slots.quan.shapeInt32, 0, 'quantised weights') !== 0
  const start = 1 + bytes[0]! * (wide ? 4 : 2)
  const size = bytes[start] || 256
  return Int8Array.from(bytes.subarray(start + 1, start + 1 + size))
}
