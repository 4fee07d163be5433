import type { Float16Values } from './Float16Values.js'
import type { TypedArray } from './TypedArray.js'

/**
 * Whether the array's buffer was transferred away (postMessage, structuredClone, unmap). Node 20 has no
 * `ArrayBuffer.detached`; there, only making another view over the buffer tells it from an empty one.
 */
export function isDetached(array: TypedArray | Float16Values): boolean {
  if (array.length > 0) return false
  try {
    new Uint8Array(array.buffer)
    return false
  } catch {
    return true
  }
}
