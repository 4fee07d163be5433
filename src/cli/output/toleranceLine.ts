import type { Tolerance } from '../../compare/index.js'
import { paint, toleranceOption } from '../../report/index.js'

/** The tolerance that would let an output pass, to be pasted into the next call. */
export function toleranceLine(name: string, tolerance: Tolerance): string {
  return paint('dim', `  would pass: ${toleranceOption(name, tolerance)}`)
}
