// How a picture becomes an input, by the exam's own arithmetic: { size, fit, cropPct, place, pad, kernel, scale, mean, std,
// exact }. `exact` leaves out the rounding to 8 bits after the resize.
import { resize, rounded } from './resample.mjs'

const imagenet = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
export const normalisations = {
  imagenet,
  'imagenet in pixels': { scale: 1, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  clip: {
    scale: 1 / 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
  caffe: { scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  'half half': { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  'to one': { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  'as pixels': { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  '127 by 128': { scale: 1, mean: [127, 127, 127], std: [128, 128, 128] },
}
/** Ranges that people take for each other: one linear step apart, the same for all channels. */
export const ranges = ['half half', 'to one', 'as pixels']

export function drawRecord(draw, { size, channels }, wanted = {}) {
  const { normalisation, fit, ...rest } = wanted
  const name = normalisation ?? draw.pick(Object.keys(normalisations))
  const square = size.width === size.height
  return {
    size,
    fit: fit ?? draw.pick(square ? ['stretch', 'cover', 'cover', 'letterbox'] : ['stretch', 'letterbox']),
    cropPct: draw.pick([0.875, 0.9, 0.95, 1]),
    place: 'centre',
    pad: draw.pick([0, 114, 127]),
    kernel: draw.pick([
      'pillow-bilinear',
      'pillow-bicubic',
      'opencv-linear',
      'opencv-area',
      'sharp-lanczos3',
    ]),
    normalisation: name,
    ...forChannels(normalisations[name], channels),
    ...rest,
  }
}

export function forChannels({ scale, mean, std }, channels) {
  return { scale, mean: mean.slice(0, channels), std: std.slice(0, channels) }
}

/** The pixels that reach the normalisation: float64, as large as the target. */
export async function placed(picture, record) {
  const { size } = record
  const finish = record.exact ? (image) => image : rounded
  const to = async (width, height) => finish(await resize(picture, { width, height }, record.kernel))
  if (record.fit === 'stretch') return to(size.width, size.height)
  if (record.fit === 'letterbox') {
    const factor = Math.min(size.width / picture.width, size.height / picture.height)
    const image = await to(
      Math.max(1, Math.round(picture.width * factor)),
      Math.max(1, Math.round(picture.height * factor)),
    )
    return framed(image, record)
  }
  const short = Math.floor(Math.min(size.width, size.height) / record.cropPct)
  const image =
    picture.width <= picture.height
      ? await to(short, Math.floor((short * picture.height) / picture.width))
      : await to(Math.floor((short * picture.width) / picture.height), short)
  return window(image, record)
}

function framed(image, { size, pad, place }) {
  const left = place === 'top-left' ? 0 : Math.floor((size.width - image.width) / 2)
  const top = place === 'top-left' ? 0 : Math.floor((size.height - image.height) / 2)
  const data = new Float64Array(size.width * size.height * image.channels).fill(pad)
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * image.channels, (y + 1) * image.width * image.channels)
    data.set(row, ((top + y) * size.width + left) * image.channels)
  }
  return { ...size, channels: image.channels, data }
}

function window(image, { size, place }) {
  const [spareX, spareY] = [image.width - size.width, image.height - size.height]
  const share = { centre: 0.5, 'top-left': 0, 'bottom-right': 1 }[place]
  const [left, top] = [Math.round(spareX * share), Math.round(spareY * share)]
  const data = new Float64Array(size.width * size.height * image.channels)
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * image.width + left) * image.channels
    data.set(image.data.subarray(from, from + size.width * image.channels), y * size.width * image.channels)
  }
  return { ...size, channels: image.channels, data }
}

/** Planes of float32, one channel after the other. */
export function normalised({ width, height, channels, data }, { scale, mean, std }) {
  const out = new Float32Array(data.length)
  const plane = width * height
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < plane; i++)
      out[c * plane + i] = Math.fround((data[i * channels + c] * scale - mean[c]) / std[c])
  return out
}

/** Signal to difference in dB, the mean of the signal left out; high where two pictures look the same. */
export function likeness(a, b) {
  const mean = a.reduce((sum, value) => sum + value, 0) / a.length
  let [signal, error] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    signal += (a[i] - mean) ** 2
    error += (a[i] - b[i]) ** 2
  }
  return error === 0 ? 400 : 10 * Math.log10(signal / error)
}
