import type { OutputSeries } from '../../report/series/OutputSeries.js'
import { prepareSeries } from '../../report/series/prepareSeries.js'
import type { ReportSource } from '../reports/ReportSource.js'
import type { FinishedCandidate, FinishedComparison } from './FinishedComparison.js'
import type { Reference } from './obtainReference.js'

/** What `--report`, `--csv` and `--junit` are made of. */
export function reportSource({ document, reference, candidates }: FinishedComparison): ReportSource {
  return {
    comparison: document,
    series: (points) => candidates.map((candidate) => candidateSeries(reference, candidate, points)),
  }
}

/** Of the outputs that could be measured: the others have no counterpart, or one of another shape. */
function candidateSeries(
  reference: Reference,
  { compared, outputs }: FinishedCandidate,
  points: number,
): Record<string, OutputSeries> {
  const measured = compared.outputs.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name }) => [name, prepareSeries(reference.outputs[name]!, outputs[name]!, { points })]),
  )
}
