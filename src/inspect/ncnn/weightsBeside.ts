import { stat } from 'node:fs/promises'
import type { WeightsSummary } from '../ModelSummary.js'

/** Where the weights of a .param (or .param.bin) are expected: same folder, same stem. */
export function weightsPath(param: string): string {
  return param.replace(/\.param(\.bin)?$/i, '.bin')
}

/** The .bin beside a .param and its size, or undefined where there is none. */
export async function weightsBeside(param: string): Promise<WeightsSummary | undefined> {
  const file = weightsPath(param)
  if (file === param) return undefined
  return stat(file).then(
    (stats) => (stats.isFile() ? { file, bytes: stats.size } : undefined),
    () => undefined,
  )
}
