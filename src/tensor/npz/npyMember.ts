import { slices } from '../../zip/slices.js'
import type { ZipMember } from '../../zip/ZipMember.js'
import { npyParts } from '../npy/npyParts.js'
import type { Tensor } from '../Tensor.js'

/** A tensor as a member whose name should end in `.npy`; its data are not copied. */
export function npyMember(name: string, tensor: Tensor): ZipMember {
  const { header, data } = npyParts(tensor)
  return { name, content: () => slices(header, data) }
}
