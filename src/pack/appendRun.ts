import type { ZipMember } from '../zip/ZipMember.js'
import type { PackRun } from './manifest/PackManifest.js'
import { manifestName, type Pack } from './Pack.js'
import { writePack } from './writePack.js'

/**
 * Writes the pack anew with one more run; the file is replaced when the new one is whole. `pack` stays open on
 * the old one. What this version does not know of the manifest is kept.
 */
export async function appendRun(pack: Pack, run: PackRun, members: readonly ZipMember[]): Promise<void> {
  const { archive, json } = pack
  const added = new Set([manifestName, ...members.map(({ name }) => name)])
  const kept = archive.names
    .filter((name) => !added.has(name))
    .map((name) => ({ name, content: () => archive.read(name) }))
  // The runs as they were read, not as they were checked.
  const { runs } = json as { readonly runs: readonly unknown[] }
  await writePack(pack.file, { ...json, runs: [...runs, run] }, [...kept, ...members])
}
