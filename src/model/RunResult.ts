import type { Tensor } from '../tensor/Tensor.js'

/** Whether memory passed between JavaScript and the engine without a copy, by tensor name. */
export interface ZeroCopy {
  readonly inputs: Readonly<Record<string, boolean>>
  readonly outputs: Readonly<Record<string, boolean>>
}

/**
 * The outputs of one run: `const { prob } = await model.run(…)`. Its own enumerable keys are the
 * outputs' names; `zeroCopy` lives on the prototype, out of their way.
 */
export type RunResult = Readonly<Record<string, Tensor>> & { readonly zeroCopy: ZeroCopy }
