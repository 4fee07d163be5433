import type { NamedTensors } from '../tensor/NamedTensors.js'
import { npyMember } from '../tensor/npz/npyMember.js'
import type { ZipMember } from '../zip/ZipMember.js'
import type { StoredTensor } from './manifest/PackManifest.js'
import { memberNames } from './memberNames.js'

/** Tensors as members of one folder of a pack, and what the manifest says about them. */
export function storedTensors(
  folder: string,
  tensors: NamedTensors,
): { readonly stored: readonly StoredTensor[]; readonly members: readonly ZipMember[] } {
  const nameMember = memberNames(folder)
  const stored = Object.entries(tensors).map(([name, { shape, dtype, layout }]): StoredTensor => {
    // A .npy has no bfloat16 and is written as float32 then.
    return { name, shape, dtype: dtype === 'bfloat16' ? 'float32' : dtype, layout, member: nameMember(name) }
  })
  return { stored, members: stored.map(({ name, member }) => npyMember(member, tensors[name]!)) }
}
