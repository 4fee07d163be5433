import type { DType } from '../../tensor/DType.js'

/** MNN's DataType numbers, as far as an input can have them. */
const dtypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  19: 'float16',
}

/** MNN keeps an input without a type (DT_INVALID) as float. */
export function mnnDType(type: number): DType {
  return dtypes[type] ?? 'float32'
}
