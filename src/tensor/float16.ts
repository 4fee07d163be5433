const word = new Float32Array(1)
const wordBits = new Uint32Array(word.buffer)

/**
 * The IEEE 754 binary16 bit patterns nearest to the values, ties to even, as arithmetic units round; beyond 65519
 * they are infinite. Values pass through float32 first, as everything that engines compute does.
 */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) bits[i] = encode(values[i]!)
  return bits
}

function encode(value: number): number {
  word[0] = value
  const sign = (wordBits[0]! >>> 16) & 0x8000
  const magnitude = wordBits[0]! & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // From 65520 on, halfway to the number after the largest, everything rounds to Infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  // Below 2^-14 the distance between numbers stays 2^-24: an exact scaling, then one rounding.
  if (magnitude < 0x38800000) return sign | roundTiesToEven(Math.abs(word[0]!) * 2 ** 24)
  const rebiased = magnitude - 0x38000000
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13)
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** 2^(exponent - 15 - 10): what one unit of an 11-bit significand is worth, by the 5-bit exponent. */
const units = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25))

/** The values of IEEE 754 binary16 bit patterns; exact, as float32 holds every one of them. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) values[i] = decode(bits[i]!)
  return values
}

function decode(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction : fraction + 1024) * units[exponent]!
}

/** The bfloat16 bit patterns nearest to the values, ties to even; the upper halves of float32's. */
export function encodeBfloat16(values: ArrayLike<number>): Uint16Array {
  const words = new Uint32Array(Float32Array.from(values).buffer)
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  )
}

/** The values of bfloat16 bit patterns: each is the upper half of a float32. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
  return new Float32Array(words.buffer)
}
