import { fileError } from '../tensor/npy/fileError.js'
import { writeZip } from '../zip/writeZip.js'
import type { ZipMember } from '../zip/ZipMember.js'
import type { PackManifest } from './manifest/PackManifest.js'
import { manifestName } from './Pack.js'

/** Writes the manifest and the members it names; a pack that was there stays whole until this one is. */
export async function writePack(
  file: string,
  manifest: PackManifest | Readonly<Record<string, unknown>>,
  members: readonly ZipMember[],
): Promise<void> {
  const json = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  try {
    await writeZip(file, [{ name: manifestName, content: () => [json] }, ...members])
  } catch (error) {
    throw await fileError(file, 'write', error)
  }
}
