import type { Line } from './covariance.js'
import { pixelStep } from './pixelGrid.js'
import type { Planes } from './planes.js'

/** What is left between two pictures when everything known is taken out, and where it lies. */
export interface Residual {
  /** Root of the mean square, in steps of 8-bit pixels. */
  readonly levels: number
  /** Signal to what is left, in decibels; infinite where nothing is. */
  readonly sqnrDb: number
  /** The mean square at the tenth of pixels with most contrast around them, by that at the half with least. */
  readonly edgeRatio: number
  /** The largest share of what is left that one tile of 64 holds. */
  readonly largestTileShare: number
}

/** Measures golden less `lines` of deployed, on pictures of one size. */
export function residualOf(
  golden: Planes,
  deployed: Planes,
  lines: readonly Line[],
  order: readonly number[],
): Residual {
  const { width, height } = golden
  const squares = new Float64Array(width * height)
  const contrast = new Float32Array(width * height)
  let [signal, noise, levels] = [0, 0, 0]
  lines.forEach(({ slope, offset }, c) => {
    const [plane, other] = [golden.channels[c]!, deployed.channels[order[c]!]!]
    // In steps of pixels, so that channels weigh the same. The finer of both: the other may be saturated or coarse.
    const step = Math.min(pixelStep(plane), Math.abs(slope) * pixelStep(other)) || 1
    let mean = 0
    for (let i = 0; i < plane.length; i++) mean += plane[i]! / plane.length
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x
        const rest = (plane[i]! - slope * other[i]! - offset) / step
        squares[i]! += rest * rest
        noise += rest * rest
        signal += ((plane[i]! - mean) / step) ** 2
        const right = plane[x + 1 < width ? i + 1 : i]! - plane[x > 0 ? i - 1 : i]!
        const below = plane[y + 1 < height ? i + width : i]! - plane[y > 0 ? i - width : i]!
        contrast[i]! += (Math.abs(right) + Math.abs(below)) / step
      }
    }
    levels++
  })
  const count = width * height
  return {
    levels: Math.sqrt(noise / (count * Math.max(1, levels))),
    sqnrDb: noise > 0 ? 10 * Math.log10(signal / noise) : Number.POSITIVE_INFINITY,
    edgeRatio: edgeRatio(squares, contrast),
    largestTileShare: largestTile(squares, width, height, noise),
  }
}

function edgeRatio(squares: Float64Array, contrast: Float32Array): number {
  const sorted = contrast.slice().sort()
  const [half, most] = [sorted[sorted.length >> 1]!, sorted[Math.floor(sorted.length * 0.9)]!]
  let [flat, flatCount, steep, steepCount] = [0, 0, 0, 0]
  for (let i = 0; i < squares.length; i++) {
    if (contrast[i]! <= half) {
      flat += squares[i]!
      flatCount++
    } else if (contrast[i]! >= most) {
      steep += squares[i]!
      steepCount++
    }
  }
  if (steepCount === 0 || flatCount === 0) return 1
  // Where pixels are flat there is at least what rounding leaves.
  return steep / steepCount / Math.max(flat / flatCount, 0.02)
}

function largestTile(squares: Float64Array, width: number, height: number, total: number): number {
  if (!(total > 0)) return 0
  const tiles = new Float64Array(64)
  for (let y = 0; y < height; y++) {
    const row = 8 * Math.floor((8 * y) / height)
    for (let x = 0; x < width; x++) tiles[row + Math.floor((8 * x) / width)]! += squares[y * width + x]!
  }
  return Math.max(...tiles) / total
}

/** What rounding, another decoder and a JPEG of high quality leave, in 8-bit levels; and how much more of it at edges. */
const innocentLevels = 0.8
const innocentEdgeRatio = 4

/** Whether what is left is what another filter leaves: more than rounding, and at edges. */
export function isFilters({ levels, edgeRatio }: Residual, isShifted: boolean): boolean {
  return levels > innocentLevels && edgeRatio > (isShifted ? 2 : innocentEdgeRatio)
}
