import type { TypedArray } from '../TypedArray.js'

/** A copy of `source`, which is in Fortran order (the first dimension is the fastest), in C order. */
export function toCOrder<A extends TypedArray>(source: A, shape: readonly number[]): A {
  const target = new (source.constructor as new (length: number) => A)(source.length)
  // Elements are only moved; the casts spare a copy of this loop for the two classes that hold bigints.
  const from = source as unknown as Float64Array
  const to = target as unknown as Float64Array
  const last = shape.length - 1
  const run = shape[last] ?? 1
  const strides = fortranStrides(shape)
  const step = strides[last] ?? 1
  const index = new Array<number>(shape.length).fill(0)
  let start = 0
  for (let next = 0; next < to.length; ) {
    for (let i = 0, at = start; i < run; i++, at += step) to[next++] = from[at]!
    for (let axis = last - 1; axis >= 0; axis--) {
      start += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      start -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return target
}

function fortranStrides(shape: readonly number[]): number[] {
  let stride = 1
  return shape.map((size) => {
    const own = stride
    stride *= size
    return own
  })
}
