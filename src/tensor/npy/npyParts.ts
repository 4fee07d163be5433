import { float32Values } from '../float32Values.js'
import { requireTensor } from '../requireTensor.js'
import type { Tensor } from '../Tensor.js'
import { formatHeader } from './formatHeader.js'

/** A file's two parts; `data` is a view of the tensor's own memory, save for bfloat16. */
export function npyParts(tensor: Tensor): { header: Uint8Array; data: Uint8Array } {
  const { data, dtype, shape } = requireTensor(tensor, 'tensor')
  const values = dtype === 'bfloat16' ? float32Values(tensor) : data
  return {
    header: formatHeader(dtype === 'bfloat16' ? 'float32' : dtype, shape),
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  }
}
