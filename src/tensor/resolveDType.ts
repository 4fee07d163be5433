import { TwinferError } from '../errors/TwinferError.js'
import { arrayForDType, isDType } from './arrayForDType.js'
import type { DType } from './DType.js'
import { describeValue } from './describeValue.js'
import { dtypeOfArray } from './dtypeOfArray.js'
import type { Float16Values } from './Float16Values.js'
import type { TypedArray } from './TypedArray.js'

/**
 * The element type of `data`: the array's own, or `wanted` where the array can carry it (float16 and bfloat16
 * in a Uint16Array, bool in a Uint8Array). Throws TWINFER_DTYPE_MISMATCH where it cannot.
 */
export function resolveDType(data: TypedArray | Float16Values, wanted: DType | undefined): DType {
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
