import { answeringMethods, refuse } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import {
  arrayForDType,
  type DType,
  dtypeOfArray,
  type Float16Values,
  isDType,
  type Layout,
  type TypedArray,
} from './DType.js'
import { elementsOf } from './elementsOf.js'

export interface TensorOptions {
  /** Default: what the array class says. Needed for float16, bfloat16 (Uint16Array) and bool (Uint8Array). */
  readonly dtype?: DType | undefined
  /** Default: 'NCHW'. */
  readonly layout?: Layout | undefined
}

const optionNames: OptionNames<TensorOptions> = { dtype: true, layout: true }

/**
 * Values with their shape, element type and layout: nothing in this package takes or gives an array without
 * them. `data` is the caller's array itself, not a copy (of a Float16Array, a
 * Uint16Array over the same memory); it is in C order (the last dimension is the fastest).
 */
export class Tensor {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: Layout

  /**
   * Throws TWINFER_LENGTH_MISMATCH where the product of `shape` is not `data.length`,
   * TWINFER_DTYPE_MISMATCH where the array class cannot carry `dtype`, TWINFER_BUFFER_DETACHED where the
   * array's buffer was transferred away, TWINFER_INVALID_ARGUMENT for anything else.
   */
  constructor(data: TypedArray | Float16Values, shape: readonly number[], options?: TensorOptions) {
    try {
      if (options !== undefined) requireOptions(options, optionNames)
      this.dtype = resolveDType(data, options?.dtype)
      this.shape = copyShape(shape)
      this.layout = requireLayout(options?.layout ?? 'NCHW')
      if (elementsOf(this.shape) !== data.length) throw lengthMismatch(data, this.shape)
      if (data.length === 0 && isDetached(data)) throw detached(this.shape)
      this.data = carrierOf(data)
    } catch (error) {
      refuse('new Tensor', error)
    }
  }

  /** Number of elements; 0 once the buffer was transferred away. */
  get length(): number {
    try {
      return this.data.length
    } catch (error) {
      return refuse('Tensor.length', error)
    }
  }

  /** A tensor of zeros. Throws TWINFER_OUT_OF_MEMORY where there is no room for it. */
  static zeros(shape: readonly number[], dtype: DType = 'float32', layout?: Layout): Tensor {
    const checked = copyShape(shape)
    if (!isDType(dtype)) throw invalid('dtype', "an element type such as 'float32'", dtype)
    const elements = elementsOf(checked)
    try {
      return new Tensor(new (arrayForDType(dtype))(elements), checked, { dtype, layout })
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new TwinferError('TWINFER_OUT_OF_MEMORY', `cannot allocate ${elements} elements of ${dtype}`, {
        help: `Check the shape [${checked.join(', ')}].`,
        cause,
      })
    }
  }
}

// `length` is asked in loops: it answers by itself.
answeringMethods(Tensor, ['length'])

function requireLayout(layout: Layout): Layout {
  if (layout === 'NCHW' || layout === 'NHWC') return layout
  throw invalid('layout', "'NCHW' or 'NHWC'", layout)
}

function lengthMismatch(data: TypedArray | Float16Values, shape: readonly number[]): TwinferError {
  if (isDetached(data)) return detached(shape)
  const expected = elementsOf(shape)
  return new TwinferError(
    'TWINFER_LENGTH_MISMATCH',
    `shape [${shape.join(', ')}]: expected ${expected} elements, received ${data.length}`,
    { help: 'The product of the shape must be the length of the data.' },
  )
}

function detached(shape: readonly number[]): TwinferError {
  return new TwinferError(
    'TWINFER_BUFFER_DETACHED',
    `shape [${shape.join(', ')}]: expected ${elementsOf(shape)} elements, received an array whose buffer was transferred away`,
    {
      help: 'Make the tensor before the buffer is given to postMessage or structuredClone, or copy it first.',
    },
  )
}

function invalid(name: string, expected: string, received: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `${name}: expected ${expected}, received ${describeValue(received)}`,
  )
}

/**
 * The element type of `data`: the array's own, or `wanted` where the array can carry it (float16 and bfloat16
 * in a Uint16Array, bool in a Uint8Array). Throws TWINFER_DTYPE_MISMATCH where it cannot.
 */
function resolveDType(data: TypedArray | Float16Values, wanted: DType | undefined): DType {
  const own = dtypeOfArray(data)
  if (wanted === undefined || wanted === own) return own
  if (!isDType(wanted)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `dtype: expected an element type, received ${describeValue(wanted)}`,
      {
        help: "Give a NumPy name such as 'float32', 'float16' or 'int8'.",
      },
    )
  }
  const carried =
    own === 'uint16' ? wanted === 'float16' || wanted === 'bfloat16' : own === 'uint8' && wanted === 'bool'
  if (carried) return wanted
  throw new TwinferError(
    'TWINFER_DTYPE_MISMATCH',
    `dtype ${wanted}: expected a ${arrayForDType(wanted).name}, received ${describeValue(data)} (${own})`,
    { help: 'Convert the values to the right array class, or leave dtype out.' },
  )
}

/** A frozen copy of a shape. Throws TWINFER_INVALID_ARGUMENT unless all dimensions are whole and >= 0. */
function copyShape(shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `shape: expected an array of whole numbers, received ${describeValue(shape)}`,
      {
        help: 'Give the dimensions, for example [1, 3, 224, 224].',
      },
    )
  }
  const copy = shape.slice() as number[]
  for (let axis = 0; axis < copy.length; axis++) {
    const size = copy[axis]!
    if (!Number.isSafeInteger(size) || size < 0) throw badDimension(copy, axis)
  }
  return Object.freeze(copy)
}

function badDimension(shape: readonly unknown[], axis: number): TwinferError {
  const received = describeValue(shape[axis])
  return new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `shape[${axis}]: expected a whole number >= 0, received ${received}`,
    {
      help: `The shape given is [${shape.join(', ')}]. Open dimensions (-1) must be filled in.`,
    },
  )
}

/** The array itself, or the Uint16Array that carries float16 in this package over a Float16Array's memory. */
function carrierOf(data: TypedArray | Float16Values): TypedArray {
  return data[Symbol.toStringTag] === 'Float16Array'
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : (data as TypedArray)
}

/**
 * Whether the array's buffer was transferred away (postMessage, structuredClone, unmap). Node 20 has no
 * `ArrayBuffer.detached`; there, only making another view over the buffer tells it from an empty one.
 */
function isDetached(array: TypedArray | Float16Values): boolean {
  if (array.length > 0) return false
  try {
    new Uint8Array(array.buffer)
    return false
  } catch {
    return true
  }
}
