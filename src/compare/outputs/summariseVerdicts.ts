import type { ComparedOutput, OutputVerdict } from './ComparedOutput.js'

/** The verdict on a candidate: that on its worst output, with the output's name where there are several. */
export function summariseVerdicts(outputs: readonly ComparedOutput[]): OutputVerdict {
  const [first, ...rest] = outputs
  if (!first) return { pass: false, reason: 'the reference has no outputs: nothing was compared' }
  const worst = rest.reduce((a, b) => (severity(b) > severity(a) ? b : a), first)
  return rest.length === 0
    ? worst.verdict
    : { ...worst.verdict, reason: `${worst.name}: ${worst.verdict.reason}` }
}

/** Failed over inconclusive over passed; within the same, the less it would pass at, the worse. */
function severity({ verdict }: ComparedOutput): number {
  const margin = 'wouldPassAtDb' in verdict ? (verdict.wouldPassAtDb ?? -1000) - verdict.floorDb : -1000
  const rank = verdict.pass ? 0 : verdict.inconclusive ? 1 : 2
  return rank * 10_000 - margin
}
