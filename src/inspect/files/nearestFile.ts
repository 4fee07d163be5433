import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { nearestName } from '../nearestName.js'

/** The file in the same folder whose name is most like the missing one; the same extension wins. */
export async function nearestFile(path: string): Promise<string | undefined> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const wanted = basename(path)
  const alike = names.filter((name) => extname(name).toLowerCase() === extname(wanted).toLowerCase())
  const nearest = nearestName(wanted, alike) ?? nearestName(wanted, names)
  return nearest === undefined ? undefined : join(folder, nearest)
}
