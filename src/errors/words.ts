import { closest, distance } from 'fastest-levenshtein'

/** "Did you mean 'data'?", or '' when no candidate is near. */
export function suggest(name: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return ''
  const nearest = closest(name, candidates)
  return distance(name, nearest) <= Math.max(2, name.length / 2) ? `Did you mean '${nearest}'?` : ''
}

/** A short name of a value's kind for "expected …, received …": `null`, `string "x"`, `Array`, `DataView`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 60))}`
  if (typeof value !== 'object') return `${typeof value} ${String(value).slice(0, 60)}`
  try {
    const name: unknown = value.constructor?.name
    return typeof name === 'string' && name !== '' ? name : 'object'
  } catch {
    return 'object' // a proxy, or an accessor, that throws
  }
}
