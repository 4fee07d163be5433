import { suggest } from '../errors/suggest.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeRunner } from '../native.js'
import { describeValue } from '../tensor/describeValue.js'
import { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import type { RunSyncOptions } from './RunOptions.js'
import type { TensorInfo } from './TensorInfo.js'

/** Which outputs a run computes, and the caller's arrays for them. */
export interface OutputPlan {
  readonly names: readonly string[]
  /** Into the model's outputs, or beyond them for a tensor between two layers. */
  readonly indices: Int32Array
  readonly into: readonly (TypedArray | undefined)[] | undefined
}

export function planAllOutputs(outputs: readonly TensorInfo[]): OutputPlan {
  return {
    names: outputs.map(({ name }) => name),
    indices: Int32Array.from(outputs.keys()),
    into: undefined,
  }
}

/** Any tensor of the graph will do. Throws TWINFER_UNKNOWN_OUTPUT with the nearest name. */
export function planOutputs(
  outputs: readonly TensorInfo[],
  graph: Pick<NativeRunner, 'findOutput' | 'tensorNames'>,
  wanted: NonNullable<RunSyncOptions['outputs']>,
): OutputPlan {
  const names = Array.isArray(wanted) ? (wanted as readonly string[]) : Object.keys(wanted)
  return {
    names,
    indices: Int32Array.from(names, (name) => indexOf(outputs, graph, name)),
    into: Array.isArray(wanted) ? undefined : Object.values(wanted).map(memoryOf),
  }
}

function indexOf(
  outputs: readonly TensorInfo[],
  graph: Pick<NativeRunner, 'findOutput' | 'tensorNames'>,
  name: string,
): number {
  const own = outputs.findIndex((output) => output.name === name)
  const index = own < 0 && typeof name === 'string' ? graph.findOutput(name) : own
  if (index >= 0) return index
  const names = outputs.map((output) => output.name)
  throw new TwinferError(
    'TWINFER_UNKNOWN_OUTPUT',
    `expected an output of the model (${names.join(', ')}) or another of its tensors, received ${typeof name === 'string' ? `'${name}'` : describeValue(name)}`,
    {
      help:
        typeof name === 'string'
          ? suggest(name, [...names, ...graph.tensorNames()]) ||
            '`twinfer inspect` lists the layers and their tensors.'
          : 'Give names.',
    },
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
