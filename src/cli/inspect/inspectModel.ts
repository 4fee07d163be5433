import { weightStorages } from '../../check/index.js'
import { TwinferError } from '../../errors/TwinferError.js'
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
  const storages = await storagesOf(model)
  return { exitCode: 0, document: { ...summary, storages }, text: printSummary(summary, storages, layers) }
}

/** How the weights are stored; nothing is said of tables that cannot be read, which `check` explains. */
async function storagesOf(model: string): Promise<readonly string[]> {
  try {
    return await weightStorages(model)
  } catch (error) {
    if (error instanceof TwinferError) return []
    throw error
  }
}
