import type { Float16Values } from './Float16Values.js'
import type { TypedArray } from './TypedArray.js'

/** The array itself, or the Uint16Array that carries float16 in this package over a Float16Array's memory. */
export function carrierOf(data: TypedArray | Float16Values): TypedArray {
  return data[Symbol.toStringTag] === 'Float16Array'
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : (data as TypedArray)
}
