import type { Command } from 'commander'
import { OutputFile } from '../output/OutputFile.js'
import { type ReadFiles, refuseOverwriting } from '../output/refuseOverwriting.js'
import type { ReportWriter } from './writers.js'

/** Files to write: a page, a table, a CI system's test results. */
export interface ReportFiles {
  readonly report?: string
  readonly csv?: string
  readonly junit?: string
}

/**
 * The writers of the reports that were asked for. Refuses, before anything runs, a path that cannot be written
 * to, one that two reports share, and one that the command reads.
 */
export async function reportWriters(
  { report, csv, junit }: ReportFiles,
  read: ReadFiles,
): Promise<readonly ReportWriter[]> {
  refuseOverwriting({ '--report': report, '--csv': csv, '--junit': junit }, read)
  const writers: ReportWriter[] = []
  if (report !== undefined) {
    const { htmlWriter } = await import('./writers.js')
    writers.push(htmlWriter(await OutputFile.at(report)))
  }
  if (csv !== undefined) {
    const { csvWriter } = await import('./writers.js')
    writers.push(await csvWriter(csv))
  }
  if (junit !== undefined) {
    const { junitWriter } = await import('./writers.js')
    writers.push(junitWriter(await OutputFile.at(junit)))
  }
  return writers
}

/** The options behind ReportFiles. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--report <file.html>', 'write a page with plots, in one file')
    .option('--csv <file.csv>', 'write a row for each output')
    .option('--junit <file.xml>', 'write test results for a CI system')
}
