import type { Command } from 'commander'

/** The options behind ReportFiles. */
export function addReportOptions(command: Command): Command {
  return command
    .option('--report <file.html>', 'write a page with plots, in one file')
    .option('--csv <file.csv>', 'write a row for each output')
    .option('--junit <file.xml>', 'write test results for a CI system')
}
