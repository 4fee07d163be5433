import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import { isDType } from './DType.js'
import { elementsOf } from './elementsOf.js'
import { Tensor } from './Tensor.js'

/**
 * Checks an argument from untyped code, and that its data are still there: a tensor's buffer can be
 * transferred away after it was made. Throws TWINFER_INVALID_ARGUMENT or TWINFER_BUFFER_DETACHED.
 */
export function requireTensor(value: Tensor, role: string): Tensor {
  if (!(value instanceof Tensor)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `${role}: expected a Tensor, received ${describeValue(value)}`,
      {
        help: 'Make one with new Tensor(data, shape) or readNpy(file).',
      },
    )
  }
  // An object that was only made to look like one: its prototype says nothing about its fields.
  if (!Array.isArray(value.shape) || !ArrayBuffer.isView(value.data) || !isDType(value.dtype)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `${role}: expected a Tensor, received one without its fields`,
    )
  }
  const expected = elementsOf(value.shape)
  if (value.data.length !== expected) {
    throw new TwinferError(
      'TWINFER_BUFFER_DETACHED',
      `${role}: expected ${expected} elements, received ${value.data.length}: its buffer was transferred away or resized`,
      { help: 'Copy the data before giving the buffer away.' },
    )
  }
  return value
}

/** Inputs or outputs of a model by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>
