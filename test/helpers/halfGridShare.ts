/**
 * Share of the values that fp16 can hold, 0 to 1: numbers that fp16 arithmetic or storage made are all on its grid,
 * one in 8192 of fp32's is by chance. Read from the bits: 13 of fp32's 23 fraction bits are zero on the grid.
 */
export function halfGridShare(values: Float32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let onGrid = 0
  for (const value of bits) if ((value & 0x1fff) === 0) onGrid++
  return onGrid / values.length
}
