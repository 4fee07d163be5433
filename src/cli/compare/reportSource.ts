import { candidateSeries } from '../../report/series/candidateSeries.js'
import type { ReportSource } from '../reports/ReportSource.js'
import type { FinishedComparison } from './FinishedComparison.js'

/** What `--report`, `--csv` and `--junit` are made of. */
export function reportSource({ document, reference, candidates }: FinishedComparison): ReportSource {
  return {
    comparison: document,
    series: (points) =>
      candidates.map(({ compared, outputs }) =>
        candidateSeries(compared.outputs, reference.outputs, outputs, { points }),
      ),
  }
}
