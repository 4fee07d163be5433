import type { NativeGrid } from '../../native.js'
import { judgedBlocks } from './judgedBlocks.js'
import type { Scores } from './Scores.js'

/** How many values lie on fp16's and bf16's grid, of those where both sides are finite. */
export function gridOf(values: Scores, others: Scores): NativeGrid {
  const counts = { judged: 0, fp16: 0, bf16: 0 }
  const float = new Float32Array(1)
  const word = new Uint32Array(float.buffer)
  for (const [start, end] of judgedBlocks(values.length)) {
    for (let i = start; i < end; i++) {
      const value = values[i]!
      if (!Number.isFinite(value) || !Number.isFinite(others[i]!)) continue
      // Every grid holds these.
      if (Number.isInteger(value) && Math.abs(value) <= 256) continue
      counts.judged++
      float[0] = value
      if (float[0] !== value) continue
      if ((word[0]! & 0xffff) === 0) counts.bf16++
      if (isOnFp16(value, word[0]!)) counts.fp16++
    }
  }
  return counts
}

/** Below 2^-14 fp16 is spaced by 2^-24; above, it has 13 bits less than float32. */
function isOnFp16(value: number, bits: number): boolean {
  const size = Math.abs(value)
  if (size < 2 ** -14) return Number.isInteger(value * 2 ** 24)
  return size <= 65504 && (bits & 0x1fff) === 0
}
