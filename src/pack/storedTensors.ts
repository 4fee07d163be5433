import type { NamedTensors } from '../tensor/NamedTensors.js'
import { npyMember } from '../tensor/npz/npyMember.js'
import type { ZipMember } from '../zip/ZipMember.js'
import type { StoredTensor } from './manifest/PackManifest.js'
import { memberNames } from './memberNames.js'

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
