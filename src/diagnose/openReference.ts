import { readStart } from '../file/requireFile.js'
import { sniffContent } from '../file/sniffContent.js'
import { Pack } from '../pack/Pack.js'
import { ModelReference } from './model/ModelReference.js'

/**
 * A golden pack is a zip, whatever it is called; everything else is a model. The reference's pack stays open: whoever
 * disposes of the reference closes it. Throws what opening either throws.
 */
export async function openReference(path: string, threads: number | undefined): Promise<ModelReference> {
  if (!(await isArchive(path))) return ModelReference.open(path, threads)
  const pack = await Pack.open(path)
  try {
    return await ModelReference.open(pack, threads)
  } catch (error) {
    pack.close()
    throw error
  }
}

/** Nothing is said of a file that cannot be read: its opener will. */
async function isArchive(path: string): Promise<boolean> {
  const start = await readStart(path).catch(() => undefined)
  return start !== undefined && sniffContent(start).kind === 'zip'
}
