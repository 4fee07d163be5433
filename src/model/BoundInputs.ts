import type { TypedArray } from '../tensor/TypedArray.js'

/** A run's inputs in the model's order, as native code takes them. Used again for each run of a model. */
export class BoundInputs {
  data: TypedArray[] = []
  /** For each input its number of dimensions, then these. */
  shapes = new Int32Array(64)
  #used = 0

  clear() {
    this.data = []
    this.#used = 0
  }

  push(data: TypedArray, shape: readonly number[]) {
    const end = this.#used + 1 + shape.length
    if (end > this.shapes.length) {
      const longer = new Int32Array(2 * end)
      longer.set(this.shapes)
      this.shapes = longer
    }
    this.data.push(data)
    this.shapes[this.#used++] = shape.length
    for (let i = 0; i < shape.length; i++) this.shapes[this.#used++] = shape[i]!
  }
}
