import { Pack } from '../../pack/Pack.js'
import type { CommandResult } from '../CommandResult.js'
import { printManifest } from './printManifest.js'

export function isPack(file: string): boolean {
  return file.toLowerCase().endsWith('.twin')
}

/** `twinfer inspect` of a golden pack: its manifest. */
export async function inspectPack(file: string, allLayers: boolean): Promise<CommandResult> {
  const pack = await Pack.open(file)
  pack.close()
  return { exitCode: 0, document: pack.manifest, text: printManifest(file, pack.manifest, allLayers) }
}
