/**
 * How many words have each value of sign and exponent, the bits above the fraction. Two tables, because
 * neighbours mostly have the same exponent and would wait for each other's count; two functions, because one
 * for both array types runs at half the speed.
 */
export function countExponents32(words: Uint32Array): Uint32Array {
  const even = new Uint32Array(512)
  const odd = new Uint32Array(512)
  const pairs = words.length - 1
  let i = 0
  for (; i < pairs; i += 2) {
    even[words[i]! >>> 23]!++
    odd[words[i + 1]! >>> 23]!++
  }
  if (i < words.length) even[words[i]! >>> 23]!++
  return addTo(even, odd)
}

export function countExponents16(words: Uint16Array, fractionBits: number): Uint32Array {
  const even = new Uint32Array(512)
  const odd = new Uint32Array(512)
  const pairs = words.length - 1
  let i = 0
  for (; i < pairs; i += 2) {
    even[words[i]! >>> fractionBits]!++
    odd[words[i + 1]! >>> fractionBits]!++
  }
  if (i < words.length) even[words[i]! >>> fractionBits]!++
  return addTo(even, odd)
}

function addTo(total: Uint32Array, more: Uint32Array): Uint32Array {
  for (let i = 0; i < total.length; i++) total[i]! += more[i]!
  return total
}
