import type { TypedArray } from '../TypedArray.js'

/**
 * Puts elements that come in Fortran order (the first dimension is the fastest), in pieces of any length,
 * where C order wants them: no second copy of the whole array is needed for it.
 */
export class FortranScatter<A extends TypedArray> {
  readonly #target: Float64Array
  readonly #shape: readonly number[]
  readonly #strides: readonly number[]
  readonly #index: number[]
  /** Where the element lies with which the run along the first dimension began. */
  #start = 0
  /** How much of that run is done. */
  #done = 0

  constructor(target: A, shape: readonly number[]) {
    // Elements are only moved; the cast spares a copy of the loop for the two classes that hold bigints.
    this.#target = target as unknown as Float64Array
    this.#shape = shape
    this.#strides = cStrides(shape)
    this.#index = new Array<number>(shape.length).fill(0)
  }

  write(elements: A): void {
    const from = elements as unknown as Float64Array
    const to = this.#target
    const [run = 1] = this.#shape
    const [step = 1] = this.#strides
    for (let next = 0; next < from.length; ) {
      const count = Math.min(run - this.#done, from.length - next)
      let at = this.#start + this.#done * step
      for (const end = next + count; next < end; at += step) to[at] = from[next++]!
      this.#done += count
      if (this.#done === run) this.#nextRun()
    }
  }

  #nextRun(): void {
    this.#done = 0
    for (let axis = 1; axis < this.#shape.length; axis++) {
      this.#start += this.#strides[axis]!
      if (++this.#index[axis]! < this.#shape[axis]!) return
      this.#start -= this.#strides[axis]! * this.#shape[axis]!
      this.#index[axis] = 0
    }
  }
}

function cStrides(shape: readonly number[]): readonly number[] {
  let stride = 1
  return shape
    .toReversed()
    .map((size) => {
      const own = stride
      stride *= size
      return own
    })
    .reverse()
}
