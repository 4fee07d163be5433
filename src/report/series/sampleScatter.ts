import type { Scores } from '../../compare/plain/Scores.js'
import type { Scatter } from './OutputSeries.js'

/**
 * One element of each of `points` equal stretches, and those of `always`. Where in its stretch an element lies
 * changes from one to the next: a fixed step would see the same few channels again and again.
 */
export function sampleScatter(
  reference: Scores,
  candidate: Scores,
  always: readonly number[],
  points: number,
): Scatter {
  const isDrawable = (i: number) => Number.isFinite(reference[i]) && Number.isFinite(candidate[i])
  const chosen = new Set([...stretches(reference.length, points), ...always].filter(isDrawable))
  const indices = [...chosen].sort((i, j) => reference[i]! - reference[j]! || i - j)
  return {
    indices,
    reference: indices.map((i) => reference[i]!),
    candidate: indices.map((i) => candidate[i]!),
    of: reference.length,
  }
}

function stretches(length: number, points: number): number[] {
  const count = Math.min(length, points)
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count)
    const end = Math.floor(((i + 1) * length) / count)
    return start + Math.floor(scatteredShare(i) * (end - start))
  })
}

/** The golden ratio's multiples modulo 1: even, aperiodic and the same in every run. */
function scatteredShare(i: number): number {
  return (i * 0.618_033_988_749_895) % 1
}
