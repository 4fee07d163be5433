const most = 512
const goldenRatio = 0.6180339887498949

/**
 * Up to 512 values of a tensor, the same positions for every tensor of its size. Multiples of the golden ratio
 * spread evenly and hit no row or channel more often than another, as a fixed step would.
 */
export function sampleOf(data: Float32Array): Float32Array {
  if (data.length <= most) return data.slice()
  const sample = new Float32Array(most)
  for (let k = 0; k < most; k++) sample[k] = data[Math.floor(((k * goldenRatio) % 1) * data.length)]!
  return sample
}
