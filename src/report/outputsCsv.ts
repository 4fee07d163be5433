import { stringify } from 'csv-stringify/sync'
import type { LayerComparison } from '../compare/layers/LayerComparison.js'
import { metricKeys } from '../compare/measure/outputMetrics.js'
import {
  limitsOf,
  type ReportedCandidate,
  type ReportedComparison,
  type ReportedOutput,
  verdictWord,
} from './ReportedComparison.js'

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
  ...['verdict', 'reason', 'floorDb', 'wouldPassAtDb', 'wouldPass', 'shape', 'elements'],
  ...metricKeys,
  ...['sortedSqnrDb', 'fittedSqnrDb', 'worstIndex', 'worstCoordinate', 'worstReference'],
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

/** One row for each layer of each candidate that was traced. */
export function layersCsv({ candidates }: ReportedComparison): string {
  const rows = candidates.flatMap(({ model, layers, verdict }) =>
    (layers?.layers ?? []).map((layer) => ({
      candidate: model,
      ...layerRow(layer),
      firstDivergence: !verdict.pass && layers?.firstDivergence?.index === layer.index,
    })),
  )
  return toCsv(rows, layerTitles)
}

const layerTitles = [
  ...['candidate', 'index', 'name', 'type', 'blob', 'shape', 'reference', 'firstDivergence', 'ms'],
  ...['accumulatedSqnrDb', 'accumulatedCosine', 'accumulatedMaxAbs', 'ownSqnrDb', 'ownCosine', 'ownMaxAbs'],
  ...['min', 'max', 'mean', 'std', 'maxAbs', 'nan', 'inf', 'fp16'],
]

function layerRow(layer: LayerComparison): Record<string, CsvValue> {
  const { index, name, type, blob, shape, reference, ms, accumulated, own, statistics } = layer
  return {
    ...statistics,
    index,
    name,
    type,
    blob,
    shape: shape.join('x'),
    reference,
    ms,
    accumulatedSqnrDb: accumulated?.sqnrDb,
    accumulatedCosine: accumulated?.cosine,
    accumulatedMaxAbs: accumulated?.maxAbs,
    ownSqnrDb: own?.sqnrDb,
    ownCosine: own?.cosine,
    ownMaxAbs: own?.maxAbs,
  }
}

/** Where the layers go when the outputs go to `path`: `out.csv` gives `out.layers.csv`. */
export function layersCsvPath(path: string): string {
  return path.replace(/(\.csv)?$/i, '.layers$1')
}

export type CsvValue = string | number | boolean | null | undefined

/** The titles are the keys; absent values are empty cells. Lines end with \n, and texts are quoted where needed. */
export function toCsv(
  rows: readonly Readonly<Record<string, CsvValue>>[],
  titles: readonly string[],
): string {
  return stringify([...rows], {
    header: true,
    columns: [...titles],
    cast: { string: guardFormula, number: numberText, boolean: String },
  })
}

/** NaN and inf, as NumPy and pandas read them. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf'
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front, which makes it text again.
 * Names come out of model files: `=HYPERLINK(…)` is a layer name like any other.
 */
function guardFormula(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}
