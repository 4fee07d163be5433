import type { OutputVerdict } from '../../compare/outputs/ComparedOutput.js'
import { paint } from '../../report/index.js'

/** `pass`, `fail` or `inconclusive`, and why. */
export function verdictLine(verdict: OutputVerdict): string {
  if (verdict.pass) return `${paint('green', 'pass')}: ${verdict.reason}`
  const word = verdict.inconclusive ? paint('yellow', 'inconclusive') : paint('red', 'fail')
  return `${word}: ${verdict.reason}`
}
