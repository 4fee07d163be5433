import { answering } from '../../errors/answering.js'
import type { Tensor } from '../Tensor.js'
import { npyParts } from './npyParts.js'

/**
 * The content of a .npy file (version 1.0, C order) for a tensor. The format has no layout, so that is lost,
 * and no bfloat16, which is widened to float32 without loss. Throws TWINFER_INVALID_ARGUMENT or
 * TWINFER_BUFFER_DETACHED.
 */
export const formatNpy = answering('formatNpy', function formatNpy(tensor: Tensor): Uint8Array {
  const { header, data } = npyParts(tensor)
  const bytes = new Uint8Array(header.length + data.length)
  bytes.set(header)
  bytes.set(data, header.length)
  return bytes
})
