import { TwinferError, type TwinferErrorDetails } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/options.js'
import { arrayForDType, type DType, isDType } from '../tensor/DType.js'
import { elementsOf } from '../tensor/elementsOf.js'
import { Tensor } from '../tensor/Tensor.js'
import { knownSize } from './describeValues.js'
import type { OnnxResults, OnnxRuntime, OnnxSession, OnnxTensor, OnnxValueInfo } from './OnnxRuntime.js'

/** Runs once. Throws TWINFER_ENGINE_FAILED, and TWINFER_MODEL_UNSUPPORTED for outputs that are no numbers. */
export async function runSession(
  session: OnnxSession,
  feeds: OnnxResults,
  outputs: readonly string[],
): Promise<Readonly<Record<string, Tensor>>> {
  const results = await session.run(feeds, outputs).catch((cause: Error) => {
    throw new TwinferError('TWINFER_ENGINE_FAILED', `onnxruntime: ${cause.message}`, { cause })
  })
  return Object.fromEntries(outputs.map((name) => [name, tensorOf(name, results[name]!)]))
}

function tensorOf(name: string, { type, data, dims }: OnnxTensor): Tensor {
  if (!isDType(type)) {
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `output '${name}': expected a tensor of numbers, received ${type}`,
    )
  }
  // Where the runtime has a Float16Array, float16 comes as one.
  const carried = type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data
  return new Tensor(carried, dims, { dtype: type })
}

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
      shape.includes(-1) ? '-1 is any size.' : '',
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

const floats: readonly DType[] = ['float32', 'float16', 'float64']

/**
 * Which tensors of floating-point numbers are fetched in one run: in their order, as many as `budget` bytes
 * hold. One whose shape onnxruntime could not infer counts as the largest that it could, within a sixteenth of
 * the budget: every part is a session and a run.
 */
export function planFetches(
  blobs: readonly string[],
  metadata: readonly OnnxValueInfo[],
  budget = 128 * 2 ** 20,
): readonly (readonly string[])[] {
  const infos = new Map(metadata.map((info) => [info.name, info]))
  const wanted = blobs.flatMap((blob) => {
    const bytes = bytesOf(infos.get(blob)!)
    return bytes === undefined ? [] : [{ blob, bytes }]
  })
  const largest = wanted.reduce((most, { bytes }) => Math.max(most, bytes ?? 0), 0)
  const parts: string[][] = []
  let room = 0
  for (const { blob, bytes } of wanted) {
    const needed = bytes ?? Math.min(largest, budget / 16)
    if (parts.length === 0 || needed > room) {
      parts.push([])
      room = budget
    }
    parts.at(-1)!.push(blob)
    room -= needed
  }
  return parts
}

/** Undefined where it is no tensor of floating-point numbers, null where its shape is not known. */
function bytesOf({ isTensor, type, shape }: OnnxValueInfo): number | null | undefined {
  if (!isTensor || !isDType(type) || !floats.includes(type)) return undefined
  const sizes = (shape ?? []).map(knownSize)
  // [] says nothing: it is a scalar, or a tensor of unknown rank.
  if (sizes.length === 0 || sizes.includes(-1)) return null
  return elementsOf(sizes) * arrayForDType(type).BYTES_PER_ELEMENT
}

/** The sizes of dimensions that have a name ('batch'), by the inputs that are given for them. */
export function namedSizes(
  metadata: readonly OnnxValueInfo[],
  inputs: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, number>> {
  const sizes = metadata.flatMap(({ name, shape }) =>
    (shape ?? []).flatMap((size, axis) =>
      typeof size === 'string' && size !== '' && Object.hasOwn(inputs, name)
        ? [[size, inputs[name]!.shape[axis]!] as const]
        : [],
    ),
  )
  return Object.fromEntries(sizes)
}
