import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'

/** Element types, by their NumPy names. float16 and bfloat16 are carried in a Uint16Array. */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/**
 * A Float16Array, which the runtime has from Node 24 on. Structural, because declarations that name the class
 * would not compile where the compiler does not know it yet.
 */
export interface Float16Values extends ArrayBufferView {
  readonly length: number
  readonly [Symbol.toStringTag]: 'Float16Array'
  [index: number]: number
}

/** The order of a tensor's dimensions in memory. Packed layouts (NC4HW4) never leave the addon. */
export type Layout = 'NCHW' | 'NHWC'

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>

/** The array class that carries an element type. Its BYTES_PER_ELEMENT is the type's size in bytes. */
export function arrayForDType<D extends DType>(dtype: D): (typeof arrays)[D] {
  return arrays[dtype]
}

/** Whether a string names an element type of this package. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(arrays, name)
}

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
