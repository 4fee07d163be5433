import { arrayForDType } from '../arrayForDType.js'
import { Tensor } from '../Tensor.js'
import { isLittleEndianHost } from './isLittleEndianHost.js'
import type { NpyHeader } from './NpyHeader.js'
import { toCOrder } from './toCOrder.js'

/** Makes the tensor from the data part of a file. `buffer` becomes the tensor's own and is swapped in place. */
export function toTensor(header: NpyHeader, buffer: ArrayBuffer): Tensor {
  const { dtype, shape, littleEndian, fortranOrder } = header
  const data = new (arrayForDType(dtype))(buffer)
  if (littleEndian !== isLittleEndianHost) swapBytes(buffer, data.BYTES_PER_ELEMENT)
  const isSameInBothOrders = shape.filter((size) => size !== 1).length < 2
  return new Tensor(fortranOrder && !isSameInBothOrders ? toCOrder(data, shape) : data, shape, { dtype })
}

function swapBytes(buffer: ArrayBuffer, bytesPerElement: number): void {
  const bytes = Buffer.from(buffer)
  if (bytesPerElement === 2) bytes.swap16()
  if (bytesPerElement === 4) bytes.swap32()
  if (bytesPerElement === 8) bytes.swap64()
}
