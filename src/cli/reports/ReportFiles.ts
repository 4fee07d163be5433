/** Files to write: a page, a table, a CI system's test results. */
export interface ReportFiles {
  readonly report?: string
  readonly csv?: string
  readonly junit?: string
}
