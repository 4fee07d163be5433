import type { Channels } from './findChannels.js'
import type { Scores } from './plain/Scores.js'

const levels = 256
/** Channels must have several times as many elements for the number of distinct values to say anything. */
const leastElements = 4 * levels

/** Whether each channel holds at most 256 distinct finite values, as int8 leaves them; null: too few elements. */
export function hasFewValues(values: Scores, channels: Channels): boolean | null {
  if (channels.outer * channels.inner < leastElements) return null
  for (let c = 0; c < channels.classes; c++) {
    if (countsMore(values, channels, c)) return false
  }
  return true
}

function countsMore(values: Scores, { outer, classes, inner }: Channels, channel: number): boolean {
  const found = new Set<number>()
  for (let o = 0; o < outer; o++) {
    const start = (o * classes + channel) * inner
    for (let i = start; i < start + inner; i++) {
      if (Number.isFinite(values[i])) found.add(values[i]!)
      if (found.size > levels) return true
    }
  }
  return false
}
