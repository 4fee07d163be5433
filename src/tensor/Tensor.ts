import { answeringMethods, refuse } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { arrayForDType, isDType } from './arrayForDType.js'
import { carrierOf } from './carrierOf.js'
import { copyShape } from './copyShape.js'
import type { DType } from './DType.js'
import { describeValue } from './describeValue.js'
import { elementsOf } from './elementsOf.js'
import type { Float16Values } from './Float16Values.js'
import { isDetached } from './isDetached.js'
import type { Layout } from './Layout.js'
import { resolveDType } from './resolveDType.js'
import type { TypedArray } from './TypedArray.js'

export interface TensorOptions {
  /** Default: what the array class says. Needed for float16, bfloat16 (Uint16Array) and bool (Uint8Array). */
  readonly dtype?: DType | undefined
  /** Default: 'NCHW'. */
  readonly layout?: Layout | undefined
}

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
