import type { ReportedComparison } from '../../report/document/ReportedComparison.js'
import type { OutputSeries } from '../../report/series/OutputSeries.js'

/** What reports are made of, whichever command ran. */
export interface ReportSource {
  readonly comparison: ReportedComparison
  /** For each candidate what is drawn of its outputs, with at most so many elements of each in the scatter. */
  series(points: number): readonly Readonly<Record<string, OutputSeries>>[]
}
