import { suggest } from '../errors/suggest.js'
import { TwinferError } from '../errors/TwinferError.js'
import { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import type { RunSyncOptions } from './RunOptions.js'
import type { TensorInfo } from './TensorInfo.js'

/** Which outputs a run computes, and the caller's arrays for them. */
export interface OutputPlan {
  readonly infos: readonly TensorInfo[]
  readonly indices: Int32Array
  readonly into: readonly (TypedArray | undefined)[] | undefined
}

export function planAllOutputs(outputs: readonly TensorInfo[]): OutputPlan {
  return { infos: outputs, indices: Int32Array.from(outputs.keys()), into: undefined }
}

/** Throws TWINFER_UNKNOWN_OUTPUT with the nearest name. */
export function planOutputs(
  outputs: readonly TensorInfo[],
  wanted: NonNullable<RunSyncOptions['outputs']>,
): OutputPlan {
  const names = Array.isArray(wanted) ? (wanted as readonly string[]) : Object.keys(wanted)
  const indices = names.map((name) => indexOf(outputs, name))
  return {
    infos: indices.map((index) => outputs[index]!),
    indices: Int32Array.from(indices),
    into: Array.isArray(wanted) ? undefined : Object.values(wanted).map(memoryOf),
  }
}

function indexOf(outputs: readonly TensorInfo[], name: string): number {
  const index = outputs.findIndex((output) => output.name === name)
  if (index >= 0) return index
  const names = outputs.map((output) => output.name)
  throw new TwinferError(
    'TWINFER_UNKNOWN_OUTPUT',
    `expected an output of the model (${names.join(', ')}), received '${name}'`,
    { help: suggest(name, names) },
  )
}

function memoryOf(target: Tensor | TypedArray): TypedArray {
  const data = target instanceof Tensor ? target.data : target
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) return data
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected a typed array or a Tensor to write an output into, received ${typeof data}`,
  )
}
