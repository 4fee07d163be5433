import { TwinferError, type TwinferErrorDetails } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { Tensor } from '../tensor/Tensor.js'
import type { OnnxResults, OnnxRuntime } from './OnnxRuntime.js'

/**
 * A run's inputs (see `nameInputs`) as onnxruntime takes them, checked here because its own errors have no code. Throws
 * TWINFER_MISSING_INPUT, TWINFER_DTYPE_MISMATCH, TWINFER_SHAPE_MISMATCH or TWINFER_LAYOUT_MISMATCH.
 */
export function feedsFor(
  { Tensor: OnnxTensor }: OnnxRuntime,
  infos: readonly TensorInfo[],
  inputs: Readonly<Record<string, Tensor>>,
): OnnxResults {
  return Object.fromEntries(
    infos.map((info) => {
      const given = Object.hasOwn(inputs, info.name) ? inputs[info.name] : undefined
      const tensor = given === undefined && info.unused ? zerosFor(info) : requireInput(info, given)
      return [info.name, new OnnxTensor(tensor.dtype, tensor.data, tensor.shape)]
    }),
  )
}

/** onnxruntime wants every input, also one that nothing reads: any values do. */
function zerosFor({ shape = [], dtype, layout }: TensorInfo): Tensor {
  return Tensor.zeros(
    shape.map((size) => (size === -1 ? 1 : size)),
    dtype,
    layout,
  )
}

function requireInput({ name, dtype, shape, layout }: TensorInfo, tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw refuse('MISSING_INPUT', name, 'a tensor', 'none')
  if (tensor.dtype !== dtype) throw refuse('DTYPE_MISMATCH', name, dtype, tensor.dtype)
  if (tensor.layout !== layout && tensor.shape.length === 4)
    throw refuse('LAYOUT_MISMATCH', name, layout, tensor.layout)
  if (shape && !fits(tensor.shape, shape)) {
    throw refuse(
      'SHAPE_MISMATCH',
      name,
      `shape [${shape.join(', ')}]`,
      `[${tensor.shape.join(', ')}]`,
      '-1 is any size.',
    )
  }
  return tensor
}

function fits(received: readonly number[], wanted: readonly number[]): boolean {
  return (
    received.length === wanted.length && wanted.every((size, axis) => size === -1 || size === received[axis])
  )
}

function refuse(
  code: 'MISSING_INPUT' | 'DTYPE_MISMATCH' | 'SHAPE_MISMATCH' | 'LAYOUT_MISMATCH',
  name: string,
  expected: string,
  received: string,
  help = '',
): TwinferError {
  const details: TwinferErrorDetails = { help }
  return new TwinferError(
    `TWINFER_${code}`,
    `input '${name}': expected ${expected}, received ${received}`,
    details,
  )
}
