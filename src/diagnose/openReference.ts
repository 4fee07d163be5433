import { open as openFile } from 'node:fs/promises'
import { Pack } from '../pack/Pack.js'
import { ModelReference } from './model/ModelReference.js'

/** A golden pack is a zip, whatever it is called; everything else is a model. Throws what opening either throws. */
export async function openReference(path: string, threads: number | undefined): Promise<ModelReference> {
  return ModelReference.open((await isArchive(path)) ? await Pack.open(path) : path, threads)
}

/** Nothing is said of a file that cannot be read: its opener will. */
async function isArchive(path: string): Promise<boolean> {
  try {
    const handle = await openFile(path)
    try {
      const { buffer } = await handle.read({ buffer: Buffer.alloc(4), position: 0 })
      return buffer.toString('latin1') === 'PK\u0003\u0004'
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}
