/** The bfloat16 bit patterns nearest to the values, ties to even; the upper halves of float32's. */
export function encodeBfloat16(values: ArrayLike<number>): Uint16Array {
  const words = new Uint32Array(Float32Array.from(values).buffer)
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  )
}
