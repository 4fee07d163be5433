import { inspect } from '../../inspect/index.js'
import type { CommandResult } from '../CommandResult.js'
import { inspectPack, isPack } from './inspectPack.js'
import { printSummary } from './printSummary.js'

export interface InspectRequest {
  readonly model: string
  readonly layers?: boolean
}

/** `twinfer inspect`. */
export async function inspectModel({ model, layers = false }: InspectRequest): Promise<CommandResult> {
  if (isPack(model)) return inspectPack(model, layers)
  const summary = await inspect(model)
  return { exitCode: 0, document: summary, text: printSummary(summary, layers) }
}
