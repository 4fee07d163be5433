import { TwinferError } from '../errors/TwinferError.js'
import { describeValue, suggest } from '../errors/words.js'
import type { NativeRunner, NativeRunResult } from '../native/NativeRunner.js'
import type { TypedArray } from '../tensor/DType.js'
import { Tensor } from '../tensor/Tensor.js'
import type { RunSyncOptions, TensorInfo } from './options.js'

/** Whether memory passed between JavaScript and the engine without a copy, by tensor name. */
export interface ZeroCopy {
  readonly inputs: Readonly<Record<string, boolean>>
  readonly outputs: Readonly<Record<string, boolean>>
}

/** What a result tells beside its outputs, on its prototype. */
export abstract class RunFacts {
  abstract get zeroCopy(): ZeroCopy
}

/**
 * The outputs of one run: `const { prob } = await model.run(…)`. Its own enumerable keys are the
 * outputs' names; `zeroCopy` lives on the prototype, out of their way.
 *
 * `RunFacts` is a class with an accessor, because only of such a member does TypeScript know that it is no value of
 * the record: `Object.values(result)` and `{ ...result }` are tensors alone.
 */
export type RunResult = Readonly<Record<string, Tensor>> & RunFacts

class Outputs extends RunFacts {
  readonly #inputs: readonly TensorInfo[]
  readonly #plan: OutputPlan
  readonly #native: NativeRunResult

  constructor(inputs: readonly TensorInfo[], plan: OutputPlan, native: NativeRunResult) {
    super()
    this.#inputs = inputs
    this.#plan = plan
    this.#native = native
  }

  /** Made when asked for: most callers never look. */
  override get zeroCopy(): ZeroCopy {
    const [, outputMask, inputMask] = this.#native
    const inputs = this.#inputs.map(({ name }) => name)
    return { inputs: named(inputs, inputMask), outputs: named(this.#plan.names, outputMask) }
  }
}

export function makeRunResult(
  inputs: readonly TensorInfo[],
  plan: OutputPlan,
  native: NativeRunResult,
): RunResult {
  const [shapes, , , , types] = native
  const result = new Outputs(inputs, plan, native) as unknown as Record<string, Tensor>
  for (let i = 0; i < plan.names.length; i++) {
    const name = plan.names[i]!
    // defineProperty would be ten times slower; a plain assignment is right for every name but this one.
    if (name === '__proto__' || name === 'zeroCopy') {
      Object.defineProperty(result, name, {
        value: new Tensor(native[5 + i] as TypedArray, shapes[i]!, types[i]),
        enumerable: true,
      })
    } else {
      result[name] = new Tensor(native[5 + i] as TypedArray, shapes[i]!, types[i])
    }
  }
  return result as unknown as RunResult
}

const named = (names: readonly string[], mask: number) =>
  Object.fromEntries(names.map((name, i) => [name, Math.floor(mask / 2 ** i) % 2 === 1]))

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
