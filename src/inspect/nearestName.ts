import { closest, distance } from 'fastest-levenshtein'

/** The candidate most like `wanted`, or undefined where more than half of it would have to change. */
export function nearestName(wanted: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const nearest = closest(
    wanted.toLowerCase(),
    candidates.map((name) => name.toLowerCase()),
  )
  const name = candidates.find((candidate) => candidate.toLowerCase() === nearest)
  if (name === undefined) return undefined
  const changes = distance(wanted.toLowerCase(), nearest)
  return changes <= Math.max(wanted.length, name.length) / 2 ? name : undefined
}
