// The input that a validation script makes which knows ImageNet's numbers and not this model's.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { Tensor, writeNpy } from 'twinfer'

const photo = fileURLToPath(new URL('../../photo/', import.meta.url))
const out = process.argv[2] ?? 'build/reports/3-vit'
const [side, share] = [224, 0.875]
const [mean, std] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
]
mkdirSync(out, { recursive: true })

const image = sharp(join(photo, 'chelsea.png')).removeAlpha()
const { width, height } = await image.metadata()
const short = Math.floor(side / share)
const factor = short / Math.min(width, height)
const resized = { width: Math.round(width * factor), height: Math.round(height * factor) }
const pixels = await sharp(
  await image.resize(resized.width, resized.height, { fit: 'fill', kernel: 'linear' }).png().toBuffer(),
)
  .extract({
    left: Math.round((resized.width - side) / 2),
    top: Math.round((resized.height - side) / 2),
    width: side,
    height: side,
  })
  .raw()
  .toBuffer()

const plane = side * side
const values = Float32Array.from({ length: 3 * plane }, (_, i) => {
  const channel = Math.floor(i / plane)
  return (pixels[3 * (i % plane) + channel] / 255 - mean[channel]) / std[channel]
})
const deployed = join(out, 'deployed.npy')
await writeNpy(deployed, new Tensor(values, [1, 3, side, side]))

const model = join(photo, 'models/model_fp16.ncnn.param')
const golden = join(photo, 'models/input.npy')
console.log(
  `twinfer diagnose ${model} --golden-input ${golden} --deployed-input ${deployed} --image ${join(photo, 'chelsea.png')}`,
)
