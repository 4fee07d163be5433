import type { Planes } from './planes.js'
import { resample } from './resample.js'

/** Signs that rows were read at a wrong stride: each row is still content of about its height, shifted along it. */
export interface Sheared {
  /** Correlation of the means of rows of both inputs. */
  readonly rowCorrelation: number
  /** How much the means of the deployed input's columns vary, by the golden one's: shifted rows level them. */
  readonly columnContrast: number
}

const rows = 48

/** Looks for the signs in two inputs that otherwise have nothing in common; null where they are not there. */
export function lookSheared(golden: Planes, deployed: Planes): Sheared | null {
  const [one, other] = [profile(golden), profile(deployed)]
  let rowCorrelation = 0
  // The deployed input may show more or less of the height, about the centre.
  for (let scale = 0.4; scale <= 2.5; scale *= 1.05)
    rowCorrelation = Math.max(rowCorrelation, correlate(one.down, other.down, scale))
  const columnContrast =
    deviation(other.across) / deviation(other.down) / (deviation(one.across) / deviation(one.down))
  const isSheared =
    (rowCorrelation > 0.985 && columnContrast < 1.3) || (rowCorrelation > 0.955 && columnContrast < 0.9)
  return isSheared ? { rowCorrelation, columnContrast } : null
}

function profile(planes: Planes): { down: Float64Array; across: Float64Array } {
  const small = resample(
    planes,
    { x: 0, y: 0, width: planes.width, height: planes.height },
    { width: rows, height: rows },
  )
  const [down, across] = [new Float64Array(rows), new Float64Array(rows)]
  for (const plane of small.channels) {
    const scale = 1 / (deviation(plane) || 1)
    for (let i = 0; i < plane.length; i++) {
      down[Math.floor(i / rows)]! += plane[i]! * scale
      across[i % rows]! += plane[i]! * scale
    }
  }
  return { down, across }
}

function deviation(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i++) sum += values[i]!
  for (let i = 0; i < values.length; i++) squares += (values[i]! - sum / values.length) ** 2
  return Math.sqrt(squares / values.length)
}

function correlate(a: Float64Array, b: Float64Array, scale: number): number {
  const pairs: [number, number][] = []
  for (let i = 0; i < a.length; i++) {
    const at = (i + 0.5 - a.length / 2) * scale + b.length / 2 - 0.5
    if (at < 0 || at > b.length - 1) continue
    const [low, share] = [Math.floor(at), at - Math.floor(at)]
    pairs.push([a[i]!, b[low]! * (1 - share) + b[Math.min(low + 1, b.length - 1)]! * share])
  }
  if (pairs.length < a.length / 2.6) return 0
  const mean = (k: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length
  const [ma, mb] = [mean(0), mean(1)]
  let [ab, aa, bb] = [0, 0, 0]
  for (const [x, y] of pairs) {
    ab += (x - ma) * (y - mb)
    aa += (x - ma) ** 2
    bb += (y - mb) ** 2
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}
