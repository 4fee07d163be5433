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
