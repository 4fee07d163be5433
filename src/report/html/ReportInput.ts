import type { ReportedComparison } from '../document/ReportedComparison.js'
import type { OutputSeries } from '../series/OutputSeries.js'

/** All that the page shows. The same input gives the same page, byte for byte. */
export interface ReportInput {
  readonly comparison: ReportedComparison
  /** For each candidate, by the name of the output; outputs that could not be measured have none. */
  readonly series: readonly Readonly<Record<string, OutputSeries>>[]
  /** When the comparison ran, as ISO 8601. */
  readonly created: string
  /** What it ran on and with: `twinfer`, `Node.js`, `platform`, … and their versions. */
  readonly environment: Readonly<Record<string, string>>
}
