// Resizing written a second time, in float64 and by the definition of each filter, so that what the product's kernels
// share with its diagnosis does not excuse itself. Pictures are { width, height, channels, data }, interleaved.
import sharp from 'sharp'

const triangle = (x) => Math.max(0, 1 - Math.abs(x))
/** Keys' cubic: a = -0.5 in Pillow, -0.75 in OpenCV. */
const cubic = (a) => (signed) => {
  const x = Math.abs(signed)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0
}
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos3 = (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)
const box = (x) => (x > -0.5 && x <= 0.5 ? 1 : 0)

/** By the names of the libraries: the taps of one axis, as `weights of output i` = [[index, weight], …]. */
const taps = {
  'pillow-nearest': (from, to) => nearest(from, to, 0.5),
  'opencv-nearest': (from, to) => nearest(from, to, 0),
  'pillow-box': (from, to) => smoothed(from, to, box, 0.5),
  'pillow-bilinear': (from, to) => smoothed(from, to, triangle, 1),
  'pillow-bicubic': (from, to) => smoothed(from, to, cubic(-0.5), 2),
  'pillow-lanczos': (from, to) => smoothed(from, to, lanczos3, 3),
  'opencv-linear': (from, to) => pointwise(from, to, triangle, 1),
  'opencv-cubic': (from, to) => pointwise(from, to, cubic(-0.75), 2),
  'opencv-area': (from, to) => (from >= to ? area(from, to) : pointwise(from, to, triangle, 1)),
  'align-corners': (from, to) => pointwise(from, to, triangle, 1, true),
}
const sharpKernels = { 'sharp-nearest': 'nearest', 'sharp-cubic': 'cubic', 'sharp-lanczos3': 'lanczos3' }

export const kernels = [...Object.keys(taps), ...Object.keys(sharpKernels)]

/** Which kernels look alike on a photo: a case of wrong interpolation takes two of different kinds. */
export const kinds = {
  nearest: ['pillow-nearest', 'opencv-nearest', 'sharp-nearest'],
  'not smoothed': ['opencv-linear', 'opencv-cubic', 'align-corners'],
  smoothed: ['pillow-bilinear', 'pillow-box', 'opencv-area'],
  sharpened: ['pillow-bicubic', 'pillow-lanczos', 'sharp-cubic', 'sharp-lanczos3'],
}

/** Values as they come out, before they are rounded to 8 bits (sharp rounds by itself). */
export async function resize(picture, { width, height }, kernel) {
  if (kernel in sharpKernels) return bySharp(picture, width, height, sharpKernels[kernel])
  const { channels } = picture
  const across = taps[kernel](picture.width, width)
  const down = taps[kernel](picture.height, height)
  const rows = new Float64Array(picture.height * width * channels)
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (const [i, weight] of across[x])
          sum += weight * picture.data[(y * picture.width + i) * channels + c]
        rows[(y * width + x) * channels + c] = sum
      }
  const data = new Float64Array(height * width * channels)
  const stride = width * channels
  for (let y = 0; y < height; y++)
    for (let x = 0; x < stride; x++) {
      let sum = 0
      for (const [i, weight] of down[y]) sum += weight * rows[i * stride + x]
      data[y * stride + x] = Math.min(255, Math.max(0, sum))
    }
  return { width, height, channels, data }
}

/** To the 8 bits that a library's picture has. */
export function rounded(picture) {
  return { ...picture, data: Uint8ClampedArray.from(picture.data, (value) => Math.floor(value + 0.5)) }
}

async function bySharp(picture, width, height, kernel) {
  const { channels } = picture
  const image = sharp(Buffer.from(picture.data), {
    raw: { width: picture.width, height: picture.height, channels },
  }).resize(width, height, { fit: 'fill', kernel })
  const data = await (channels === 1 ? image.toColourspace('b-w') : image).raw().toBuffer()
  if (data.length !== width * height * channels)
    throw new Error(`expected ${width} x ${height} x ${channels} of sharp, received ${data.length} bytes`)
  return { width, height, channels, data: Float64Array.from(data) }
}

function nearest(from, to, centre) {
  return Array.from({ length: to }, (_, i) => [
    [Math.min(from - 1, Math.floor(((i + centre) * from) / to)), 1],
  ])
}

/** Pillow: the filter is stretched by the factor of a reduction, and cut off at the edges. */
function smoothed(from, to, filter, radius) {
  const ratio = from / to
  const stretch = Math.max(1, ratio)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio
    const first = Math.max(0, Math.floor(centre - radius * stretch + 0.5))
    const last = Math.min(from, Math.floor(centre + radius * stretch + 0.5))
    const row = []
    for (let j = first; j < last; j++) row.push([j, filter((j + 0.5 - centre) / stretch)])
    return normalised(row)
  })
}

/** OpenCV: the filter has its own width whatever the factor, and edges repeat. */
function pointwise(from, to, filter, radius, corners = false) {
  const ratio = corners ? (from - 1) / Math.max(1, to - 1) : from / to
  return Array.from({ length: to }, (_, i) => {
    const at = corners ? i * ratio : (i + 0.5) * ratio - 0.5
    const floor = Math.floor(at)
    const row = []
    for (let j = floor - radius + 1; j <= floor + radius; j++)
      row.push([Math.min(from - 1, Math.max(0, j)), filter(at - j)])
    return normalised(row)
  })
}

/** The mean over the area that a pixel covers. */
function area(from, to) {
  const ratio = from / to
  return Array.from({ length: to }, (_, i) => {
    const row = []
    for (let j = Math.floor(i * ratio); j < Math.min(from, Math.ceil((i + 1) * ratio)); j++)
      row.push([j, Math.min(j + 1, (i + 1) * ratio) - Math.max(j, i * ratio)])
    return normalised(row)
  })
}

function normalised(row) {
  const sum = row.reduce((total, [, weight]) => total + weight, 0)
  return row.filter(([, weight]) => weight !== 0).map(([i, weight]) => [i, weight / sum])
}
