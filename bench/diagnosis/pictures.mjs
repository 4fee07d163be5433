// Photos, cut and bent as cameras and applications do it. Pictures are { width, height, channels, data }, interleaved,
// RGB or grey, 8 bits.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { root, shared } from './places.mjs'

const photos = [
  ...['astronaut.png', 'china.jpg', 'coffee.png', 'flower.jpg', 'rocket.jpg'].map((name) =>
    join(shared, 'models/images', name),
  ),
  join(root, 'examples/photo/chelsea.png'),
].filter(existsSync)
const decoded = new Map()

export async function decode(file) {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

/** A piece of a photo: never square by less than a sixth, with something to see in it. */
export async function drawPicture(draw, { channels = 3, least = 150, most = 420 } = {}) {
  const file = draw.pick(photos)
  if (!decoded.has(file)) decoded.set(file, await decode(file))
  const whole = decoded.get(file)
  for (;;) {
    const width = draw.int(least, Math.min(most, whole.width))
    const height = draw.int(least, Math.min(most, whole.height))
    const aspect = Math.max(width / height, height / width)
    if (aspect < 1.17 || aspect > 2.2) continue
    const left = draw.int(0, whole.width - width)
    const top = draw.int(0, whole.height - height)
    const piece = cut(whole, { left, top, width, height })
    if (spread(piece) < 25) continue
    return channels === 1 ? toGrey(piece) : piece
  }
}

export function cut({ width: stride, channels, data }, { left, top, width, height }) {
  const out = new Uint8ClampedArray(width * height * channels)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * stride + left) * channels
    out.set(data.subarray(from, from + width * channels), y * width * channels)
  }
  return { width, height, channels, data: out }
}

export function spread({ data }) {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
}

/** Luma of BT.601, as Pillow, OpenCV and cameras have it. */
export function toGrey({ width, height, data }) {
  const grey = Uint8ClampedArray.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]),
  )
  return { width, height, channels: 1, data: grey }
}

export function greyTwice(picture) {
  const { data } = toGrey(picture)
  return { ...picture, data: Uint8ClampedArray.from(picture.data, (_, i) => data[Math.floor(i / 3)]) }
}

export function exchanged(picture) {
  return {
    ...picture,
    data: Uint8ClampedArray.from(picture.data, (_, i) => picture.data[i + 2 - 2 * (i % 3)]),
  }
}

/** The same bytes, whose reader was told the height as width. */
export function strideSwapped({ width, height, channels, data }) {
  return { width: height, height: width, channels, data }
}

/** As EXIF's orientation 1 to 8 says that stored pixels are to be shown. */
export function oriented(picture, orientation) {
  const { width, height, channels, data } = picture
  const turned = orientation >= 5
  const [outWidth, outHeight] = turned ? [height, width] : [width, height]
  const source = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, height - 1 - x],
    7: (x, y) => [width - 1 - y, height - 1 - x],
    8: (x, y) => [width - 1 - y, x],
  }[orientation]
  const out = new Uint8ClampedArray(data.length)
  for (let y = 0; y < outHeight; y++)
    for (let x = 0; x < outWidth; x++) {
      const [fromX, fromY] = source(x, y)
      const from = (fromY * width + fromX) * channels
      out.set(data.subarray(from, from + channels), (y * outWidth + x) * channels)
    }
  return { width: outWidth, height: outHeight, channels, data: out }
}

/** The orientation that undoes one: a quarter to the left undoes one to the right, all others undo themselves. */
export function undoing(orientation) {
  return { 6: 8, 8: 6 }[orientation] ?? orientation
}

export async function writePicture(file, { width, height, channels, data }, orientation = 1) {
  const image = sharp(Buffer.from(data), { raw: { width, height, channels } })
  await (orientation === 1 ? image : image.withMetadata({ orientation })).png().toFile(file)
}

/** Through a JPEG file and back. */
export async function throughJpeg(picture, quality) {
  const { width, height, channels, data } = picture
  const jpeg = await sharp(Buffer.from(data), { raw: { width, height, channels } })
    .jpeg({ quality, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const image = sharp(jpeg)
  const back = await (channels === 1 ? image.toColourspace('b-w') : image).raw().toBuffer()
  return { ...picture, data: back }
}
