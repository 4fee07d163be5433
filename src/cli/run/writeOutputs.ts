import { mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { writeNpy } from '../../tensor/npy/index.js'
import { npyFileNames } from '../../tensor/npy/npyFileNames.js'
import type { RunOutputs } from '../models/RunnableModel.js'

/** Writes each output as NAME.npy into `folder`, which is created, and returns the paths in that order. */
export async function writeOutputs(folder: string, outputs: RunOutputs): Promise<readonly string[]> {
  const names = Object.keys(outputs)
  const files = names.map(npyFileNames()).map((file) => join(folder, file))
  try {
    await makeFolder(resolve(folder))
    await Promise.all(names.map((name, index) => writeNpy(files[index]!, outputs[name]!)))
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw new TwinferError(
      'TWINFER_FILE_UNREADABLE',
      `cannot write the outputs into ${folder}: ${(cause as Error).message}`,
      { cause },
    )
  }
  return files
}

/** With those above it. Not by mkdir's `recursive`, which goes round in circles where the system says ENOENT: in /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  const above = dirname(folder)
  if (above !== folder) await makeFolder(above)
  await mkdir(folder).catch(async (error) => {
    if (!(await isFolder(folder))) throw error // somebody else may have made it meanwhile
  })
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() ?? false
}
