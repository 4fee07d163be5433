import { judgedBlocks } from './judgedBlocks.js'
import type { Scores } from './Scores.js'

const bins = 32

/** Elements by the binary logarithm of their distance in float32 units, where both are finite: 0, 1, 2 to 3, … */
export function ulpCounts(reference: Scores, candidate: Scores): number[] {
  const counts = new Array<number>(bins).fill(0)
  const pair = new Float32Array(2)
  const words = new Int32Array(pair.buffer)
  for (const [start, end] of judgedBlocks(reference.length)) {
    for (let i = start; i < end; i++) {
      pair[0] = reference[i]!
      pair[1] = candidate[i]!
      if (!Number.isFinite(pair[0]) || !Number.isFinite(pair[1])) continue
      const distance = Math.abs(ordinal(words[0]!) - ordinal(words[1]!))
      counts[Math.min(bins - 1, 32 - Math.clz32(distance))]!++
    }
  }
  return counts
}

/** Floats in their order as integers, both zeros being 0. */
function ordinal(bits: number): number {
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}
