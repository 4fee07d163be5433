/** How many elements a shape holds: the product of its dimensions, 1 for a scalar's empty shape. */
export function elementsOf(shape: readonly number[]): number {
  let elements = 1
  for (let axis = 0; axis < shape.length; axis++) elements *= shape[axis]!
  return elements
}
