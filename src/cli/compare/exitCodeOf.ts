import type { ExitCode } from '../CommandResult.js'
import type { ComparedCandidate } from './Comparison.js'

/** Any failure is a failure; 3 where the worst is that nothing can be said. */
export function exitCodeOf(candidates: readonly ComparedCandidate[]): ExitCode {
  const failed = candidates.filter(({ verdict }) => !verdict.pass)
  if (failed.length === 0) return 0
  return failed.every(({ verdict }) => verdict.inconclusive) ? 3 : 1
}
