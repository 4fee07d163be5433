import type { ReportedCandidate } from './ReportedComparison.js'
import { type VerdictWord, verdictWord } from './verdictWord.js'

/** As the exit code says it: failed if any candidate failed, else inconclusive if any is. */
export function overallVerdict(candidates: readonly ReportedCandidate[]): VerdictWord {
  const words = candidates.map(({ verdict }) => verdictWord(verdict))
  if (words.includes('fail')) return 'fail'
  return words.includes('inconclusive') ? 'inconclusive' : 'pass'
}
