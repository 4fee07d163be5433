import { checkWith } from '../../check/check.js'
import { readNpy } from '../../tensor/index.js'
import type { CommandResult } from '../CommandResult.js'
import { openApart } from './openApart.js'
import { printReport } from './printReport.js'

export interface CheckRequest {
  readonly model: string
  readonly against?: string
  readonly dump?: string
  readonly strict?: boolean
}

/** `twinfer check`. */
export async function checkModel({ model, against, dump, strict }: CheckRequest): Promise<CommandResult> {
  const tensor = dump === undefined ? undefined : await readNpy(dump)
  const report = await checkWith(openApart, model, { against, dump: tensor, strict })
  return { exitCode: report.ok ? 0 : 1, document: report, text: printReport(report) }
}
