import type { NativeRunResult } from '../native.js'
import { Tensor } from '../tensor/Tensor.js'
import type { TypedArray } from '../tensor/TypedArray.js'
import type { OutputPlan } from './planOutputs.js'
import { RunFacts, type RunResult, type ZeroCopy } from './RunResult.js'
import type { TensorInfo } from './TensorInfo.js'

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
