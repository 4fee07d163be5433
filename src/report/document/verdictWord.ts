import type { ReportedVerdict } from './ReportedComparison.js'

export type VerdictWord = 'pass' | 'fail' | 'inconclusive'

export function verdictWord({ pass, inconclusive }: ReportedVerdict): VerdictWord {
  if (pass) return 'pass'
  return inconclusive ? 'inconclusive' : 'fail'
}
