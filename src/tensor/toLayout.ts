import type { Layout } from './Layout.js'
import { Tensor } from './Tensor.js'

/** A four-dimensional tensor in the other layout: its channels move. Any other tensor is only called so. */
export function toLayout(tensor: Tensor, layout: Layout): Tensor {
  const { data, shape, dtype } = tensor
  if (tensor.layout === layout) return tensor
  if (shape.length !== 4) return new Tensor(data, shape, { dtype, layout })
  const [n, a, b, c] = shape as [number, number, number, number]
  // [N, C, H * W] and [N, H * W, C] are each other's transpose.
  const [rows, columns] = layout === 'NHWC' ? [a, b * c] : [a * b, c]
  const moved = new (data.constructor as new (length: number) => typeof data)(data.length)
  // Elements are only moved; the casts spare a copy of the loop for the two classes that hold bigints.
  const [from, to] = [data as Float64Array, moved as Float64Array]
  for (let image = 0; image < n; image++) {
    const start = image * rows * columns
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        to[start + column * rows + row] = from[start + row * columns + column]!
      }
    }
  }
  return new Tensor(moved, layout === 'NHWC' ? [n, b, c, a] : [n, c, a, b], { dtype, layout })
}
