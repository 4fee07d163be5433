import type { Pixels } from '../../dist/preprocess/Preprocessing.js'
import { seededRandom } from './seededRandom.js'

/**
 * A picture as varied as a photograph, the same for the same seed: soft colours at several scales, and shapes with hard
 * edges. No part of it repeats, and nothing about it is symmetric.
 */
export function paintedPicture(width: number, height: number, seed: number): Pixels {
  const random = seededRandom(seed)
  const values = new Float64Array(width * height * 3)
  for (const cells of [2, 5, 11, 23]) {
    const grid = Float64Array.from({ length: (cells + 1) ** 2 * 3 }, () => random() - 0.5)
    const strength = 150 / Math.sqrt(cells)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [gx, gy] = [(x / width) * cells, (y / height) * cells]
        const [left, top] = [Math.floor(gx), Math.floor(gy)]
        const [dx, dy] = [gx - left, gy - top]
        for (let c = 0; c < 3; c++) {
          const at = (row: number, column: number) =>
            grid[((top + row) * (cells + 1) + left + column) * 3 + c]!
          const above = at(0, 0) * (1 - dx) + at(0, 1) * dx
          const below = at(1, 0) * (1 - dx) + at(1, 1) * dx
          values[(y * width + x) * 3 + c]! += strength * (above * (1 - dy) + below * dy)
        }
      }
    }
  }
  for (let shape = 0; shape < 40; shape++) {
    const [cx, cy] = [random() * width, random() * height]
    const [rx, ry] = [(0.02 + 0.1 * random()) * width, (0.02 + 0.1 * random()) * height]
    const colour = [random() * 120 - 60, random() * 120 - 60, random() * 120 - 60]
    const isRound = random() < 0.5
    for (let y = Math.max(0, Math.floor(cy - ry)); y < Math.min(height, cy + ry); y++) {
      for (let x = Math.max(0, Math.floor(cx - rx)); x < Math.min(width, cx + rx); x++) {
        if (isRound && ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 > 1) continue
        for (let c = 0; c < 3; c++) values[(y * width + x) * 3 + c]! += colour[c]!
      }
    }
  }
  return { data: Uint8ClampedArray.from(values, (value) => 120 + value), width, height, channels: 3 }
}
