// What an application feeds the network that exchanges the width and height of its source, and takes BGR for RGB.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { Tensor, writeNpy } from 'twinfer'

const photo = fileURLToPath(new URL('../../photo/', import.meta.url))
const out = process.argv[2] ?? 'build/reports/0-resize'
const side = 224
mkdirSync(out, { recursive: true })

const { data, info } = await sharp(join(photo, 'chelsea.png'))
  .removeAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true })
const [width, height] = [info.height, info.width] // the mistake
const square = Math.min(width, height)
const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
  .extract({
    left: Math.floor((width - square) / 2),
    top: Math.floor((height - square) / 2),
    width: square,
    height: square,
  })
  .resize(side, side, { fit: 'fill', kernel: 'linear' })
  .raw()
  .toBuffer()

const plane = side * side
const values = Float32Array.from({ length: 3 * plane }, (_, i) => {
  const channel = 2 - Math.floor(i / plane) // the other mistake
  return (pixels[3 * (i % plane) + channel] - 127) / 128
})
const deployed = join(out, 'deployed.npy')
await writeNpy(deployed, new Tensor(values, [1, 3, side, side]))

const model = join(photo, 'models/model_fp16.ncnn.param')
const golden = join(photo, 'models/input.npy')
console.log(
  `twinfer diagnose ${model} --golden-input ${golden} --deployed-input ${deployed} --image ${join(photo, 'chelsea.png')}`,
)
