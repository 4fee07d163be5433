#!/usr/bin/env node
// Draws assets/probe-card.png, the picture that `twinfer probe-card` hands out: every two ways of preprocessing that people
// confuse give different inputs of it. Not square; each channel has gradients and waves of its own, so no exchange of
// channels or sides looks alike; a chirp and a zone plate tell filters apart, which differ at edges and at high
// frequencies; the corners are marked in four ways, so that crops, turns and mirrors show.
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

// No size that a net takes, nor one that it takes before a crop: there is always something to resize.
const [width, height] = [523, 367]
const pixels = new Uint8Array(width * height * 3)

/** Waves that get shorter from left to right, up to two pixels each. */
const chirp = (x) => Math.sin((Math.PI * x * x) / (2 * width))
/** Rings round a point off the centre, shorter the farther out. */
const zonePlate = (x, y) => Math.sin((Math.PI * ((x - 180) ** 2 + (y - 210) ** 2)) / 800)
/** Blocks of 12 pixels, light and dark without a pattern (a linear congruence): hard edges both ways. */
const block = (x, y) => ((Math.floor(x / 12) * 73 + Math.floor(y / 12) * 151) % 17) / 16

for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    const [u, v] = [x / (width - 1), y / (height - 1)]
    const red = 40 + 150 * u + 40 * chirp(x)
    const green = 200 - 140 * v + 38 * zonePlate(x, y)
    const blue = 30 + 70 * (u + v) + 60 * block(x, y)
    pixels.set(cornerMark(x, y) ?? [red, green, blue], (y * width + x) * 3)
  }
}

/** A square of another size and colour in each corner. */
function cornerMark(x, y) {
  const right = width - 1 - x
  const below = height - 1 - y
  if (Math.max(x, y) < 28) return [235, 60, 50]
  if (Math.max(right, y) < 20) return [60, 220, 70]
  if (Math.max(x, below) < 14) return [70, 80, 230]
  if (Math.max(right, below) < 9) return [240, 230, 40]
  return null
}

await sharp(pixels, { raw: { width, height, channels: 3 } })
  .png({ compressionLevel: 9, effort: 10 })
  .toFile(fileURLToPath(new URL('../assets/probe-card.png', import.meta.url)))
