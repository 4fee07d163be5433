import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it. Not by mkdir's `recursive`, which goes round in circles where the system says ENOENT: in
 * /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  const above = dirname(folder)
  if (above !== folder) await makeFolder(above)
  await mkdir(folder).catch(async (error) => {
    if (!(await isFolder(folder))) throw error // somebody else may have made it meanwhile
  })
}

export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() ?? false
}
