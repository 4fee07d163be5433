import { TwinferError } from '../../errors/TwinferError.js'
import type { DType } from '../DType.js'
import { isLittleEndianHost } from './isLittleEndianHost.js'

const types: Readonly<Record<Exclude<DType, 'bfloat16'>, string>> = {
  float32: 'f4',
  float64: 'f8',
  float16: 'f2',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  bool: 'b1',
}

/** The first bytes of a version 1.0 file. Data start at a multiple of 64, so that the file can be mapped. */
export function formatHeader(dtype: Exclude<DType, 'bfloat16'>, shape: readonly number[]): Uint8Array {
  if (shape.length > 64) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `shape: expected at most 64 dimensions, received ${shape.length}`,
      {
        help: 'NumPy reads no more; drop dimensions of 1.',
      },
    )
  }
  const type = types[dtype]
  const order = type.endsWith('1') ? '|' : isLittleEndianHost ? '<' : '>'
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': ${tuple}, }`
  const total = Math.ceil((10 + dict.length + 1) / 64) * 64
  const bytes = Buffer.alloc(total, ' ')
  bytes.write('\x93NUMPY\x01\x00', 'latin1')
  bytes.writeUInt16LE(total - 10, 8)
  bytes.write(dict, 10, 'latin1')
  bytes[total - 1] = 0x0a
  return bytes
}
