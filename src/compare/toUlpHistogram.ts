import type { UlpHistogram } from './UlpHistogram.js'

export function toUlpHistogram(counts: readonly number[]): UlpHistogram {
  return { edges: counts.map((_, bin) => (bin === 0 ? 0 : 2 ** (bin - 1))), counts }
}
