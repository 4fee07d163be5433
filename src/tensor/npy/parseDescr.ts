import type { DType } from '../DType.js'
import { isLittleEndianHost } from './isLittleEndianHost.js'
import { npyError } from './npyError.js'
import type { PythonLiteral } from './PythonLiteral.js'

const dtypes: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
  '?': 'bool',
}

const kinds: Readonly<Record<string, string>> = {
  O: 'Python objects (a pickle)',
  c: 'complex numbers',
  U: 'text',
  S: 'byte strings',
  a: 'byte strings',
  V: 'raw bytes (bfloat16 of ml_dtypes is saved so)',
  M: 'dates',
  m: 'time spans',
  f: 'floating point numbers of a size this package does not know',
}

/** The element type and byte order of a header's `descr`. Throws TWINFER_NPY_INVALID for types of no use here. */
export function parseDescr(name: string, descr: PythonLiteral): { dtype: DType; littleEndian: boolean } {
  if (typeof descr !== 'string') {
    throw npyError(
      name,
      'expected numbers, received a structured dtype (a table with named fields)',
      'Save one field: numpy.save(file, a["field"]).',
    )
  }
  const [, order = '', type = ''] = /^([<>=|]?)(.*)$/s.exec(descr) ?? []
  const dtype = Object.hasOwn(dtypes, type) ? dtypes[type] : undefined
  if (dtype === undefined) {
    const kind = kinds[type.charAt(0)] ?? 'an unknown dtype'
    throw npyError(
      name,
      `expected numbers (one of ${Object.keys(dtypes).slice(0, -1).join(' ')}), received dtype ${JSON.stringify(descr)}: ${kind}`,
      'Convert it before saving: numpy.save(file, a.astype(numpy.float32)).',
    )
  }
  return { dtype, littleEndian: order === '<' || (order !== '>' && isLittleEndianHost) }
}
