import type { NamedTensors } from '../../tensor/NamedTensors.js'
import type { ReportedOutput } from '../document/ReportedComparison.js'
import type { OutputSeries } from './OutputSeries.js'
import { prepareSeries, type SeriesOptions } from './prepareSeries.js'

/**
 * What is drawn of a candidate's outputs, as far as they could be measured: the others have no counterpart, or
 * one of another shape. Both sides go by the reference's names.
 */
export function candidateSeries(
  compared: readonly ReportedOutput[],
  reference: NamedTensors,
  candidate: NamedTensors,
  options: SeriesOptions,
): Record<string, OutputSeries> {
  const measured = compared.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name }) => [name, prepareSeries(reference[name]!, candidate[name]!, options)]),
  )
}
