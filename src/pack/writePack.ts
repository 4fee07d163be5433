import { fileError } from '../tensor/npy/fileError.js'
import { npyMember } from '../tensor/npz/writeNpz.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { writeZip } from '../zip/writeZip.js'
import type { ZipMember } from '../zip/ZipArchive.js'
import { manifestName, memberNames, type Pack } from './Pack.js'
import type { PackManifest, PackRun, StoredTensor } from './PackManifest.js'

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

/**
 * Tensors as members of one folder of a pack, and what the manifest says about them, in the order of `names`, which
 * an object need not keep: names that are numbers come first in one.
 */
export function storedTensors(
  folder: string,
  tensors: NamedTensors,
  names: readonly string[],
): { readonly stored: readonly StoredTensor[]; readonly members: readonly ZipMember[] } {
  const nameMember = memberNames(folder)
  const stored = names.flatMap((name): readonly StoredTensor[] => {
    if (!Object.hasOwn(tensors, name)) return []
    const { shape, dtype, layout } = tensors[name]!
    // A .npy has no bfloat16 and is written as float32 then.
    const type = dtype === 'bfloat16' ? 'float32' : dtype
    return [{ name, shape, dtype: type, layout, member: nameMember(name) }]
  })
  return { stored, members: stored.map(({ name, member }) => npyMember(member, tensors[name]!)) }
}
