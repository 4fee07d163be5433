import { slices } from '../../zip/slices.js'
import type { ZipMember } from '../../zip/ZipMember.js'
import { npyParts } from '../npy/npyParts.js'
import type { Tensor } from '../Tensor.js'

/** A tensor as the member `NAME.npy`; its data are not copied. */
export function npyMember(name: string, tensor: Tensor): ZipMember {
  const { header, data } = npyParts(tensor)
  return { name: `${name}.npy`, content: () => slices(header, data) }
}
