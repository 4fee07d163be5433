import { arrayForDType } from '../arrayForDType.js'
import { elementsOf } from '../elementsOf.js'
import type { NpyHeader } from './NpyHeader.js'
import { npyError } from './npyError.js'
import { PythonLiteralReader } from './PythonLiteralReader.js'
import { parseDescr } from './parseDescr.js'
import { parseShape } from './parseShape.js'

const keys = ['descr', 'fortran_order', 'shape'] as const

/** Reads the dict in a .npy header; like NumPy, wants these three keys and no other. */
export function parseHeader(name: string, text: string): NpyHeader {
  const dict = new PythonLiteralReader(text, (expected, received): never => {
    throw npyError(name, `unreadable header: expected ${expected}, received ${received}`)
  }).read()
  if (!(dict instanceof Map))
    throw npyError(name, 'unreadable header: expected a dict, received another literal')
  const received = [...dict.keys()].sort()
  if (received.join() !== keys.join()) {
    throw npyError(
      name,
      `unreadable header: expected the keys ${keys.join(', ')}, received ${received.join(', ') || 'none'}`,
    )
  }
  const fortranOrder = dict.get('fortran_order')
  if (typeof fortranOrder !== 'boolean') {
    throw npyError(
      name,
      `unreadable header: expected fortran_order to be True or False, received ${String(fortranOrder)}`,
    )
  }
  const { dtype, littleEndian } = parseDescr(name, dict.get('descr'))
  const bytesPerElement = arrayForDType(dtype).BYTES_PER_ELEMENT
  const shape = parseShape(name, dict.get('shape'), bytesPerElement)
  return { dtype, littleEndian, fortranOrder, shape, dataBytes: elementsOf(shape) * bytesPerElement }
}
