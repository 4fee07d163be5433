/** Two tensors of one key hold the same values in the same order: dimensions of 1 are left out, as engines do. */
export function shapeKey(shape: readonly number[]): string {
  return shape.filter((size) => size !== 1).join('x')
}
