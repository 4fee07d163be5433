import { stat } from 'node:fs/promises'

/** The .param that belongs to a .bin, where it exists. */
export async function paramBeside(weights: string): Promise<string | undefined> {
  const candidate = weights.replace(/\.bin$/i, '.param')
  return stat(candidate).then(
    (stats) => (stats.isFile() ? candidate : undefined),
    () => undefined,
  )
}
