import { TwinferError } from '../errors/TwinferError.js'
import type { DType } from './DType.js'
import { describeValue } from './describeValue.js'
import type { Float16Values } from './Float16Values.js'
import type { TypedArray } from './TypedArray.js'

const dtypes: Readonly<Record<string, DType>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Float16Array: 'float16',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
}

/**
 * The element type an array class stands for by itself. Goes by the class's tag, not by `instanceof`: arrays
 * from another realm (a vm context, a test runner) are as good as ours.
 *
 * Throws TWINFER_INVALID_ARGUMENT for anything but a typed array, TWINFER_DTYPE_MISMATCH for a class without
 * an element type here (DataView).
 */
export function dtypeOfArray(array: TypedArray | Float16Values): DType {
  const dtype = ArrayBuffer.isView(array) ? dtypes[array[Symbol.toStringTag]] : undefined
  return dtype ?? refuse(array)
}

function refuse(array: unknown): never {
  if (!ArrayBuffer.isView(array)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `data: expected a typed array, received ${describeValue(array)}`,
      {
        help: 'Give a Float32Array or another typed array, for example Float32Array.from(values).',
      },
    )
  }
  const name = describeValue(array)
  throw new TwinferError(
    'TWINFER_DTYPE_MISMATCH',
    `data: expected one of ${Object.keys(dtypes).join(', ')}, received ${name}`,
    { help: 'Make a typed array over its buffer.' },
  )
}
