import { resolve } from 'node:path'
import type { Command } from 'commander'
import { TwinferError } from '../../errors/TwinferError.js'
import { OutputFile } from '../output/OutputFile.js'
import type { ReportWriter } from './writers.js'

/** Files to write: a page, a table, a CI system's test results. */
export interface ReportFiles {
  readonly report?: string
  readonly csv?: string
  readonly junit?: string
}

/**
 * The writers of the reports that were asked for. Refuses, before anything runs, a path that cannot be written
 * to, one that two reports share, and one of `inputs`, the files that the command reads.
 */
export async function reportWriters(
  { report, csv, junit }: ReportFiles,
  inputs: readonly string[],
): Promise<readonly ReportWriter[]> {
  refuseOverwriting({ report, csv, junit }, inputs)
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

/** `--report model.mnn` may be a forgotten file name: the model that is to be compared would be gone. */
export function refuseOverwriting(
  files: Readonly<Record<string, string | undefined>>,
  inputs: readonly string[],
): void {
  const taken = new Set(inputs.map((path) => resolve(path)))
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue
    if (taken.has(resolve(path))) {
      throw new TwinferError('TWINFER_USAGE', `--${option} would overwrite ${path}`, {
        help: `Give --${option} the name of a new file.`,
      })
    }
    taken.add(resolve(path))
  }
}

/** The options behind ReportFiles. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--report <file.html>', 'write a page with plots, in one file')
    .option('--csv <file.csv>', 'write a row for each output')
    .option('--junit <file.xml>', 'write test results for a CI system')
}
