import { decodeValues } from './decodeValues.js'
import { bytesPerValue, type StoredTensor } from './StoredTensor.js'
import type { WeightBytes } from './WeightBytes.js'

export type GarbageCause = 'byte order' | 1 | 2 | 3

const sampleValues = 16384

/**
 * Why values are impossible as weights: because each one's bytes are swapped, or because they start 1 to 3
 * bytes later than they are read. Undefined where no reading makes weights of them.
 */
export async function explainGarbage(
  { offset, count, format }: StoredTensor,
  source: WeightBytes,
): Promise<GarbageCause | undefined> {
  const size = bytesPerValue[format]
  const piece = await source.piece(offset, Math.min(sampleValues, count) * size + size)
  const bytes = Buffer.from(piece)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % size))
  const swapped = Buffer.from(whole)
  if (size === 2) swapped.swap16()
  if (size === 4) swapped.swap32()
  if (areSane(decodeValues(swapped, format))) return 'byte order'
  const offsets = ([1, 2, 3] as const).filter((by) => by < size)
  return offsets.find((by) => areSane(decodeValues(bytes.subarray(by, whole.length - size + by), format)))
}

/** 99 % of trained weights are 0 or between 2^-40 and 2^10. */
function areSane(values: Float32Array): boolean {
  let sane = 0
  for (const value of values) {
    const size = Math.abs(value)
    if (size === 0 || (size > 2 ** -40 && size < 2 ** 10)) sane++
  }
  return values.length > 0 && sane > 0.99 * values.length
}
