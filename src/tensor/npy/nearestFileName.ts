import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The file beside a missing one whose name is most like it, if any is close. */
export async function nearestFileName(file: string): Promise<string | undefined> {
  const names = await readdir(dirname(file)).catch(() => [])
  const wanted = basename(file)
  // Loaded here: only an error message needs it, and every start of the package would pay for it.
  const { distance } = await import('fastest-levenshtein')
  const ranked = names
    .map((name) => ({ name, changes: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
  const nearest = ranked[0]
  if (nearest === undefined || nearest.changes > Math.max(2, wanted.length / 3)) return undefined
  return join(dirname(file), nearest.name)
}
