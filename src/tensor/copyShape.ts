import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from './describeValue.js'

/** A frozen copy of a shape. Throws TWINFER_INVALID_ARGUMENT unless all dimensions are whole and >= 0. */
export function copyShape(shape: readonly number[]): readonly number[] {
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
