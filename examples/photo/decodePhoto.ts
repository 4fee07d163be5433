import sharp from 'sharp'
import { Tensor } from 'twinfer'

const SIDE = 224
const MEAN = 127
const STD = 128

/** A photo as efficientnet-lite0 wants it: centre square, 224 × 224, RGB, (x - 127) / 128, NCHW. */
export async function decodePhoto(file: string): Promise<Tensor> {
  const pixels = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .resize(SIDE, SIDE, { fit: 'cover', position: 'centre', kernel: 'linear' })
    .raw()
    .toBuffer()
  const plane = SIDE * SIDE
  const data = new Float32Array(3 * plane)
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[channel * plane + i] = (pixels[3 * i + channel]! - MEAN) / STD
    }
  }
  return new Tensor(data, [1, 3, SIDE, SIDE])
}
