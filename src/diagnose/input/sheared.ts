import { permutations } from './colours.js'
import { type Covariance, covarianceOf, lineOf } from './covariance.js'
import { judgeNormalisation, type Normalisation } from './normalisation.js'
import { pixelGrid } from './pixelGrid.js'
import { type Planes, wholeOf } from './planes.js'
import { resample } from './resample.js'

/** Signs that rows were read at a wrong stride: each row is still content of about its height, shifted along it. */
export interface Sheared {
  /** The share of the variance of the means of rows that those of the golden input leave, in the order that leaves least. */
  readonly rowError: number
  /** How much of the deployed input's variance lies along its rows, by the golden one's share: shifted rows level it. */
  readonly alongRows: number
  /** Squares of the steps from row to row by those along rows, for both: shifted rows do not go with each other. */
  readonly jumps: { readonly golden: number; readonly deployed: number }
  /** How little rows of the deployed input have in common with the next, their means left out: 0 nothing differs, 1 all does. */
  readonly apart: number
}

const rows = 48

/**
 * Looks for the signs in two inputs that otherwise have nothing in common; null where they are not there. Pictures of
 * other things often have alike rows (a sky, a ground), but then no jumps between rows and no even ones.
 */
export function lookSheared(golden: Planes, deployed: Planes): Sheared | null {
  const best = matchRows(golden, deployed)
  if (!best) return null
  const alongRows = shareAlongRows(deployed) / shareAlongRows(golden)
  const jumps = { golden: jumpsOf(golden), deployed: jumpsOf(deployed) }
  const isUneven = isFlipped(golden, deployed) && jumps.deployed > 1.3 * jumps.golden
  const isEven = best.error < (isUneven ? 0.1 : 0.02) && alongRows < 0.25
  // Rows that are the same to a hair are hardly another picture's: then smaller jumps do, however much lies along them.
  const isSame = best.error < 0.005
  const isTorn =
    best.error < mostError &&
    (isSame || alongRows < 0.6) &&
    jumps.deployed > (isSame ? 1.4 : 1.8) &&
    jumps.deployed > (isSame ? 1.3 : 1.5) * jumps.golden
  // A crop shows other ends of rows than their sheared ones, so that means do not agree. But pixels that go with those
  // beside them, in rows that have little in common with the next, no picture has, whatever it shows.
  const [level, levelGolden] = [levelled(deployed), levelled(golden)]
  const apart = apartness(level)
  const levelJumps = jumpsOf(level)
  const isRagged = apart > 0.6 && levelJumps > 3 && levelJumps > 2 * jumpsOf(levelGolden)
  return isEven || isTorn || isRagged ? { rowError: best.error, alongRows, jumps, apart } : null
}

/** Whether the one is as wide as the other is high: between bars a picture is so whose two sides were exchanged. */
function isFlipped(golden: Planes, deployed: Planes): boolean {
  const isLong = Math.abs(golden.width - golden.height) > 2
  return (
    isLong && Math.abs(golden.width - deployed.height) <= 1 && Math.abs(golden.height - deployed.width) <= 1
  )
}

/** Rows without their means: what changes down a picture only, as a sky does, says nothing of how its rows lie. */
function levelled({ channels, width, height }: Planes): Planes {
  const means = rowMeans({ channels, width, height }).channels
  return {
    width,
    height,
    channels: channels.map((plane, c) => plane.map((value, i) => value - means[c]![Math.floor(i / width)]!)),
  }
}

/** Squares of the steps from row to row, by those of rows that have nothing in common. */
function apartness({ channels, width }: Planes): number {
  let [steps, squares] = [0, 0]
  for (const plane of channels) {
    for (let i = width; i < plane.length; i++) {
      steps += (plane[i]! - plane[i - width]!) ** 2
      squares += plane[i]! ** 2 + plane[i - width]! ** 2
    }
  }
  return squares > 0 ? steps / squares : 0
}

function shareAlongRows(planes: Planes): number {
  const side = 16
  const { channels } = resample(planes, wholeOf(planes), { width: side, height: side })
  let share = 0
  for (const plane of channels) {
    let [sum, squares, along] = [0, 0, 0]
    for (let y = 0; y < side; y++) {
      const row = plane.subarray(y * side, (y + 1) * side)
      const mean = row.reduce((total, value) => total + value / side, 0)
      for (const value of row) along += (value - mean) ** 2
      sum += mean * side
      for (const value of row) squares += value ** 2
    }
    const variance = squares - sum ** 2 / plane.length
    share += variance > 0 ? along / variance / channels.length : 0
  }
  return Math.max(share, 1e-6)
}

function jumpsOf({ channels, width, height }: Planes): number {
  let [down, across] = [0, 0]
  for (const plane of channels) {
    for (let y = 1; y < height; y++) {
      for (let x = 1, i = y * width + 1; x < width; x++, i++) {
        down += (plane[i]! - plane[i - width]!) ** 2
        across += (plane[i]! - plane[i - 1]!) ** 2
      }
    }
  }
  return down / Math.max(across, 1e-6 * down)
}

/** What the means of rows say of the channels: sheared along rows, a picture keeps those. */
export interface ShearedColours {
  /** For each golden channel the deployed one that holds it. */
  readonly order: readonly number[]
  readonly normalisation: Normalisation
  /** The share of the variance of the rows' means that this order leaves, and that the channels as they are leave. */
  readonly error: number
  readonly straightError: number
}

/** Rows whose means leave more than this say nothing of colours. */
const mostError = 0.25

/** Compares the channels of two inputs of which one is sheared by the means of their rows; null where those say nothing. */
export function compareShearedColours(golden: Planes, deployed: Planes): ShearedColours | null {
  const best = matchRows(golden, deployed)
  if (!best || best.error > mostError) return null
  const { order, error, straightError } = best
  if (order.some((k, c) => k !== c) && straightError < 2 * error + 0.002) return null
  return { order, normalisation: judge(golden, deployed, best), error, straightError }
}

/** How the means of rows match best. */
interface Best {
  readonly order: readonly number[]
  readonly error: number
  readonly straightError: number
  readonly covariance: Covariance
}

/** The rows of both whose means agree best, one input showing more or less of the height than the other, about the centre. */
function matchRows(golden: Planes, deployed: Planes): Best | null {
  const count = golden.channels.length
  if (deployed.channels.length !== count) return null
  const orders = permutations(count)
  const [here, there] = [rowMeans(golden), rowMeans(deployed)]
  let best: Omit<Best, 'straightError'> | null = null
  let straightError = 1
  for (let scale = 0.4; scale <= 2.5; scale *= 1.03) {
    const covariance = covarianceOf(central(here, 1 / scale), central(there, scale))
    for (const order of orders) {
      const error = order.reduce((sum, k, c) => sum + lineOf(covariance, c, k).error / count, 0)
      if (order.every((k, c) => k === c)) straightError = Math.min(straightError, error)
      if (!best || error < best.error) best = { order, error, covariance }
    }
  }
  return best && { ...best, straightError }
}

function judge(golden: Planes, deployed: Planes, { order, error, covariance }: Best): Normalisation {
  const lines = order.map((k, c) => {
    const line = lineOf(covariance, c, k)
    const [here, there] = [pixelGrid(golden.channels[c]!), pixelGrid(deployed.channels[k]!)]
    if (!here || !there) return line
    // Steps of 8-bit pixels say exactly what the means of rows say about.
    const slope = here.step / there.step
    if (Math.abs(line.slope / slope - 1) > 0.4) return line
    const [mean, other] = [covariance.means[c]!, covariance.means[covariance.explained + k]!]
    return { slope, offset: mean - slope * other, error: line.error }
  })
  const spreads = order.map((_, c) => ({
    mean: covariance.means[c]!,
    deviation: Math.sqrt(covariance.matrix[c]![c]!),
    step: 0,
  }))
  return judgeNormalisation(
    lines,
    order,
    spreads,
    false,
    0.15 + 2.5 * Math.sqrt(error),
    0.03 + Math.sqrt(error),
  )
}

/** The means of all rows, as a picture of one column. */
function rowMeans({ channels, width, height }: Planes): Planes {
  return {
    width: 1,
    height,
    channels: channels.map((plane) =>
      Float32Array.from({ length: height }, (_, row) => {
        let sum = 0
        for (let i = row * width; i < (row + 1) * width; i++) sum += plane[i]!
        return sum / width
      }),
    ),
  }
}

/** The central share of a column, or all of it, in few rows. */
function central(column: Planes, share: number): Planes {
  const height = column.height * Math.min(1, share)
  const box = { x: 0, y: (column.height - height) / 2, width: 1, height }
  return resample(column, box, { width: 1, height: rows })
}
