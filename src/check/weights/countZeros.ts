/** Zeros of both signs; one function for each array type, as one for all runs at half the speed. */
export function countZeros32(words: Uint32Array): number {
  let zeros = 0
  for (let i = 0; i < words.length; i++) if ((words[i]! & 0x7fffffff) === 0) zeros++
  return zeros
}

export function countZeros16(words: Uint16Array): number {
  let zeros = 0
  for (let i = 0; i < words.length; i++) if ((words[i]! & 0x7fff) === 0) zeros++
  return zeros
}

/** int8 has one zero. */
export function countZeros8(bytes: Uint8Array): number {
  let zeros = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros++
  return zeros
}
