import { elementsOf } from '../elementsOf.js'
import { npyError } from './npyError.js'
import type { PythonLiteral } from './PythonLiteral.js'

/** NumPy 2's own limit. */
const mostAxes = 64

/** The checked shape of a header. Throws TWINFER_NPY_INVALID. */
export function parseShape(name: string, shape: PythonLiteral, bytesPerElement: number): number[] {
  if (typeof shape !== 'object' || shape === null || !('tuple' in shape)) {
    throw npyError(name, `expected shape to be a tuple such as (1, 10), received ${describe(shape)}`)
  }
  if (shape.tuple.length > mostAxes) {
    throw npyError(name, `expected at most ${mostAxes} dimensions, received ${shape.tuple.length}`)
  }
  const sizes = shape.tuple.map((size) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size
    throw npyError(
      name,
      `expected dimensions to be whole numbers >= 0 below 2^53, received ${describe(size)}`,
    )
  })
  // A zero would hide an overflow of the others.
  const most = elementsOf(sizes.map((size) => Math.max(size, 1))) * bytesPerElement
  if (!Number.isSafeInteger(most)) {
    throw npyError(name, `expected fewer than 2^53 bytes, received shape (${sizes.join(', ')})`)
  }
  return sizes
}

function describe(value: PythonLiteral): string {
  if (value instanceof Map) return 'a dict'
  if (Array.isArray(value)) return 'a list'
  return value !== null && typeof value === 'object' ? 'a tuple' : String(value)
}
