import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder at most once. `fill` works in a temporary folder beside it that is renamed when
 * it is done, so a folder that exists is whole, and two builds at once cannot mix their files.
 */
export async function once(folder, fill) {
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.unfinished-${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(unfinished)
  try {
    await fill(unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    const anotherBuildWasFirst = ['ENOTEMPTY', 'EEXIST'].includes(error.code) && existsSync(folder)
    if (!anotherBuildWasFirst) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return folder
}
