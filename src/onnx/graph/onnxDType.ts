import type { DType } from '../../tensor/DType.js'

/** TensorProto.DataType of onnx.proto; strings, complex numbers and types of 8 bits and less are left out. */
const dtypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}

/** The element type, or null where this package has no array for it (strings, float8, int4 …). */
export function onnxDType(type: number): DType | null {
  return dtypes[type] ?? null
}
