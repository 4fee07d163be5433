import { closest, distance } from 'fastest-levenshtein'

/** "Did you mean 'data'?", or '' when no candidate is near. */
export function suggest(name: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return ''
  const nearest = closest(name, candidates)
  return distance(name, nearest) <= Math.max(2, name.length / 2) ? `Did you mean '${nearest}'?` : ''
}
