import type { ReportedCandidate, ReportedComparison, ReportedOutput } from '../document/ReportedComparison.js'
import { verdictWord } from '../document/verdictWord.js'
import { limitsOf } from '../toleranceOption.js'
import { type CsvValue, toCsv } from './toCsv.js'

/** One row for each output of each candidate. */
export function outputsCsv({ reference, candidates }: ReportedComparison): string {
  const rows = candidates.flatMap((candidate) =>
    candidate.outputs.map((output) => ({ reference: reference.model, ...outputRow(candidate, output) })),
  )
  return toCsv(rows, outputTitles)
}

const outputTitles = [
  ...['reference', 'candidate', 'engine', 'engineVersion', 'precision', 'judgedAs', 'deterministic'],
  ...['output', 'candidateOutput'],
  ...[
    'verdict',
    'reason',
    'floorDb',
    'wouldPassAtDb',
    'wouldPass',
    'shape',
    'elements',
    'sqnrDb',
    'cosine',
    'maxAbs',
  ],
  ...['meanAbs', 'maxRel', 'meanRel', 'rmse', 'meanError', 'referenceMaxAbs', 'sortedSqnrDb', 'fittedSqnrDb'],
  ...['nan', 'inf', 'referenceNan', 'referenceInf', 'worstIndex', 'worstCoordinate', 'worstReference'],
  ...['worstValue', 'top1Agree', 'argmaxFlips', 'explainedFlips', 'argmaxCount', 'labels', 'labelsDiffering'],
  ...['partsFailed', 'partAxis', 'partIndex', 'partSqnrDb', 'partGain'],
]

/** What needs another name or form than in the comparison; the rest is copied by its title. */
function outputRow(
  { model, engine, effective, judgedAs, noise }: ReportedCandidate,
  output: ReportedOutput,
): Record<string, CsvValue> {
  const { name, candidateName, verdict, shape, worst, channelFit, labels, parts, ulp: _, ...numbers } = output
  const part = verdict.parts?.worst ?? parts?.scaled[0] ?? parts?.outlying[0]
  return {
    ...(numbers as Record<string, CsvValue>),
    candidate: model,
    engine,
    engineVersion: effective.engineVersion,
    precision: effective.precision,
    judgedAs: judgedAs?.precision,
    deterministic: noise?.deterministic,
    output: name,
    candidateOutput: candidateName ?? name,
    verdict: verdictWord(verdict),
    reason: verdict.reason,
    floorDb: verdict.floorDb,
    wouldPassAtDb: verdict.wouldPassAtDb,
    wouldPass: verdict.wouldPass && limitsOf(verdict.wouldPass),
    shape: shape?.join('x'),
    fittedSqnrDb: channelFit?.sqnrDb,
    worstIndex: worst?.index,
    worstCoordinate: worst?.coordinate.join(' '),
    worstReference: worst?.reference,
    worstValue: worst?.value,
    labels: labels?.count,
    labelsDiffering: labels?.differing,
    partsFailed: parts ? (verdict.parts?.failed ?? 0) : undefined,
    partAxis: part?.axis,
    partIndex: part?.index,
    partSqnrDb: part?.sqnrDb,
    partGain: part?.gain,
  }
}
