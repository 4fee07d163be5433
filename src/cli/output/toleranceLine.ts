import type { Tolerance } from '../../compare/index.js'
import { paint } from '../../report/index.js'

/** The tolerance that would let an output pass, to be pasted into the next call. */
export function toleranceLine(name: string, tolerance: Tolerance): string {
  const limits = Object.entries(tolerance).map(([key, limit]) => `${key}=${limit}`)
  return paint('dim', `  would pass: --tolerance ${quoted(`${name}:${limits.join(',')}`)}`)
}

/** For a POSIX shell, where it needs quotes. */
function quoted(text: string): string {
  return /^[\w:=,.+/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
