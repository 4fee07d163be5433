import { formatDb } from '../../format/decibels.js'
import { formatNumber } from '../../format/numbers.js'
import type { ReportedCandidate, ReportedOutput, ReportedVerdict } from '../document/ReportedComparison.js'
import { verdictWord } from '../document/verdictWord.js'
import { toleranceOption } from '../toleranceOption.js'
import { attributes } from './attributes.js'

/** A verdict that no output explains (there are none, or the runs differ) gets a case of its own. */
export function casesOf({ outputs, verdict }: ReportedCandidate): readonly ReportedOutput[] {
  const isExplained = outputs.some((output) => verdictWord(output.verdict) === verdictWord(verdict))
  return isExplained ? outputs : [...outputs, { name: 'verdict', verdict }]
}

export function testCase(model: string, output: ReportedOutput, time: number): object {
  return {
    ...attributes({ classname: model, name: output.name, time }),
    ...problem(output),
    'system-out': figures(output),
  }
}

function problem({ name, verdict }: ReportedOutput): object {
  const word = verdictWord(verdict)
  if (word === 'pass') return {}
  const node = { ...attributes({ message: verdict.reason, type: word }), '#text': advice(name, verdict) }
  return word === 'fail' ? { failure: node } : { error: node }
}

function advice(name: string, { reason, wouldPass }: ReportedVerdict): string {
  return wouldPass ? `${reason}\nWould pass: ${toleranceOption(name, wouldPass)}` : reason
}

function figures({ sqnrDb, cosine, maxAbs, maxRel, rmse, nan, inf }: ReportedOutput): string {
  const numbers = { cosine, 'max abs': maxAbs, 'max rel': maxRel, rmse, NaN: nan, Inf: inf }
  const texts = Object.entries(numbers).map(([name, value]) => `${name} ${formatNumber(value)}`)
  return [`SQNR ${formatDb(sqnrDb ?? null)}`, ...texts].join(', ')
}
