import type { ReportSource } from './ReportSource.js'

/** Makes a file of a finished comparison, whatever its verdict. */
export interface ReportWriter {
  /** Returns a line that says where it was written to. */
  write(source: ReportSource): Promise<string>
}
