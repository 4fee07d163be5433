import { check } from '../../check/check.js'
import { readNpy } from '../../tensor/index.js'
import type { CommandResult } from '../CommandResult.js'
import { printReport } from './printReport.js'

export interface CheckRequest {
  readonly model: string
  readonly against?: string
  readonly dump?: string
}

/** `twinfer check`. */
export async function checkModel({ model, against, dump }: CheckRequest): Promise<CommandResult> {
  const tensor = dump === undefined ? undefined : await readNpy(dump)
  const report = await check(model, { against, dump: tensor })
  return { exitCode: report.ok ? 0 : 1, document: report, text: printReport(report) }
}
