import type { ComparedOutput } from '../../compare/outputs/ComparedOutput.js'
import { formatDb } from '../../format/decibels.js'
import { formatNumber } from '../../format/numbers.js'
import { renderTable } from '../../report/index.js'

/** What was measured about outputs, one a line; `title` heads the column of names. */
export function outputTable(outputs: readonly ComparedOutput[], title = 'output'): string {
  const numbers = ['SQNR', 'cosine', 'max abs', 'max rel', 'rmse', 'NaN', 'Inf', 'argmax flips']
  return renderTable(
    [{ title }, ...numbers.map((name) => ({ title: name, align: 'right' as const }))],
    outputs.map((output) => [
      nameOf(output, outputs.length),
      formatDb(output.sqnrDb ?? null),
      output.cosine?.toFixed(7) ?? 'n/a',
      ...[output.maxAbs, output.maxRel, output.rmse, output.nan, output.inf].map(formatNumber),
      flips(output),
    ]),
  )
}

/** With what it was compared, and why with that where there was a choice. */
function nameOf({ name, candidateName, pairedBy }: ComparedOutput, count: number): string {
  if (candidateName === undefined) return name
  return `${name} = ${candidateName}${count > 1 && pairedBy ? ` (by ${pairedBy})` : ''}`
}

function flips({ argmaxFlips = 0, explainedFlips = 0, argmaxCount = 0, labels }: ComparedOutput): string {
  if (labels) return `${labels.differing} of ${labels.count} labels`
  if (argmaxCount === 0) return '-'
  const explained = argmaxFlips > 0 ? ` (${explainedFlips} explained)` : ''
  return `${argmaxFlips} of ${argmaxCount}${explained}`
}
