import { answeringMethods, refuse } from '../errors/answering.js'
import type { NativeTensorMap } from '../native.js'
import type { TypedArray } from '../tensor/TypedArray.js'

/**
 * A mapped tensor. `data` lies over MNN's own memory where it can, and is detached by `unmap()`, by a resize
 * and by the session's release; `using view = tensor.map('write')` cannot forget the first.
 */
export class TensorMap {
  readonly #native: NativeTensorMap
  readonly data: TypedArray
  /** In the layout asked for. */
  readonly shape: readonly number[]

  /** @internal Use `Tensor.map`. */
  constructor(native: NativeTensorMap) {
    try {
      this.#native = native
      this.data = native.data
      this.shape = native.shape
    } catch (error) {
      refuse('new TensorMap', error) // only Tensor.map has what it takes
    }
  }

  /** Gives the memory back; after 'write', what was written is in the tensor. Idempotent. */
  unmap(): void {
    this.#native.unmap()
  }

  [Symbol.dispose](): void {
    this.unmap()
  }
}

answeringMethods(TensorMap)
