import { stat } from 'node:fs/promises'

/** The .param (or .param.bin) that belongs to a .bin, where it exists. */
export async function paramBeside(weights: string): Promise<string | undefined> {
  for (const extension of ['.param', '.param.bin']) {
    const candidate = weights.replace(/\.bin$/i, extension)
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile()) return candidate
  }
  return undefined
}
