/**
 * A Float16Array, which the runtime has from Node 24 on. Structural, because declarations that name the class
 * would not compile where the compiler does not know it yet.
 */
export interface Float16Values extends ArrayBufferView {
  readonly length: number
  readonly [Symbol.toStringTag]: 'Float16Array'
  [index: number]: number
}
