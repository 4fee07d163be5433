import type { Line } from './covariance.js'
import { pixelStep } from './pixelGrid.js'
import type { Planes } from './planes.js'

/** What is left between two pictures when everything known is taken out, and where it lies. */
export interface Residual {
  /** Root of the mean square, in steps of 8-bit pixels. */
  readonly levels: number
  /** The same of its brightness; what a JPEG leaves is mostly colour, which it keeps at half the resolution. */
  readonly brightnessLevels: number
  /** Signal to what is left, in decibels; infinite where nothing is. */
  readonly sqnrDb: number
  /** The mean square at the tenth of pixels with most contrast around them, by that at the half with least. */
  readonly edgeRatio: number
  /**
   * How much of the brightness that is left is sharpness that one of the two has and the other has not: its correlation with
   * the second derivative of the one, at most 1. Filters leave that, a JPEG leaves little of it.
   */
  readonly sharpness: number
}

/** Measures golden less `lines` of deployed, on pictures of one size. */
export function residualOf(
  golden: Planes,
  deployed: Planes,
  lines: readonly Line[],
  order: readonly number[],
): Residual {
  const { width, height } = golden
  const bright = new Float64Array(width * height)
  const brightGolden = new Float64Array(width * height)
  const contrast = new Float32Array(width * height)
  const shares = brightnessShares(lines.length)
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
        bright[i]! += shares[c]! * rest
        brightGolden[i]! += (shares[c]! * plane[i]!) / step
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
  const squares = bright.map((rest) => rest * rest)
  const brightDeployed = brightGolden.map((value, i) => value - bright[i]!)
  const brightness = squares.reduce((sum, square) => sum + square, 0)
  return {
    levels: Math.sqrt(noise / (count * Math.max(1, levels))),
    brightnessLevels: Math.sqrt(brightness / count),
    sqnrDb: noise > 0 ? 10 * Math.log10(signal / noise) : Number.POSITIVE_INFINITY,
    edgeRatio: edgeRatio(squares, contrast),
    sharpness: Math.max(
      alikeness(bright, curvature(brightGolden, width, height)),
      -alikeness(bright, curvature(brightDeployed, width, height)),
    ),
  }
}

/** Of BT.601 green's, and the rest for red and blue alike: which of them comes first is not known. */
const greenShare = 0.587

function brightnessShares(channels: number): readonly number[] {
  if (channels !== 3) return Array.from({ length: channels }, () => 1 / channels)
  return [(1 - greenShare) / 2, greenShare, (1 - greenShare) / 2]
}

/** Each pixel less the mean of its four neighbours, which are itself beyond the edge. */
function curvature(plane: Float64Array, width: number, height: number): Float64Array {
  return plane.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const left = plane[x > 0 ? i - 1 : i]! + plane[x + 1 < width ? i + 1 : i]!
    return value - (left + plane[y > 0 ? i - width : i]! + plane[y + 1 < height ? i + width : i]!) / 4
  })
}

/** The cosine of two lists; 0 where one is nothing but zeros. */
function alikeness(a: Float64Array, b: Float64Array): number {
  let [both, own, other] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    both += a[i]! * b[i]!
    own += a[i]! ** 2
    other += b[i]! ** 2
  }
  return own > 0 && other > 0 ? both / Math.sqrt(own * other) : 0
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

/** What rounding, another decoder and a JPEG of quality 98 leave at most, in 8-bit levels of brightness. */
const innocentLevels = 0.8

/**
 * Whether what is left is what another filter leaves. The limits are of 230 pairs of pictures, of which 60 went through JPEG
 * (qualities 50 to 98: at most 3.3 levels, sharpness 0.28, and an edge ratio above 20 in 2 of them) and 30 were rounded
 * otherwise: filters leave at edges more, and more levels, or sharpness wherever they leave it.
 */
export function isFilters({ brightnessLevels, edgeRatio, sharpness }: Residual, isShifted: boolean): boolean {
  if (brightnessLevels <= innocentLevels) return false
  if (sharpness > 0.3) return true
  return (
    (brightnessLevels > 1.5 && edgeRatio > 40) || (brightnessLevels > 3.3 && edgeRatio > (isShifted ? 2 : 4))
  )
}
