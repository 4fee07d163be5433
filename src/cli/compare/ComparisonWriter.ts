import type { FinishedComparison } from './FinishedComparison.js'

/** Makes a file of a finished comparison, whatever its verdict (`--report`, `--csv`, `--junit`). */
export interface ComparisonWriter {
  /** Returns a line that says where it was written to. */
  write(comparison: FinishedComparison): Promise<string>
}
