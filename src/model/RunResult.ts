import type { Tensor } from '../tensor/Tensor.js'

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
