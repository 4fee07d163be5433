import type { Planes } from './planes.js'
import { eitherWay, type Numbers } from './presets.js'

/** The values of a channel that was made of 8-bit pixels lie on a grid. */
export interface PixelGrid {
  /** What a step of the pixels is worth. */
  readonly step: number
  /** A value on the grid. */
  readonly origin: number
}

/** Fewer pixels may miss levels that lie between. */
const fewestPixels = 1024

/** The grid of a channel's values; null where they lie on none of at most 256 levels. */
export function pixelGrid(plane: Float32Array): PixelGrid | null {
  if (plane.length < fewestPixels) return null
  const found = new Set<number>()
  for (let i = 0; i < plane.length && found.size <= 256; i++) found.add(plane[i]!)
  if (found.size > 256 || found.size < 2) return null
  const levels = Float32Array.from(found).sort()
  const [origin, last] = [levels[0]!, levels[levels.length - 1]!]
  const width = last - origin
  let least = width
  // The gaps of float32 values differ in their last digits.
  for (let i = 1; i < levels.length; i++) {
    const gap = levels[i]! - levels[i - 1]!
    if (gap > width * 1e-4 && gap < least) least = gap
  }
  const count = Math.round(width / least)
  if (!(count >= 1 && count <= 255)) return null
  const step = width / count
  const isOn = levels.every((value) => {
    const steps = (value - origin) / step
    return Math.abs(steps - Math.round(steps)) < 0.02
  })
  return isOn ? { step, origin } : null
}

/** A step of 8-bit pixels in the values of a channel, where they lie on a grid; else a 255th of their range. */
export function pixelStep(plane: Float32Array): number {
  const grid = pixelGrid(plane)
  if (grid) return grid.step
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < plane.length; i++) {
    least = Math.min(least, plane[i]!)
    most = Math.max(most, plane[i]!)
  }
  return most > least ? (most - least) / 255 : 1
}

/**
 * The mean and deviation that made these values of 8-bit pixels, where they are usual ones: 1 / std is the step of the grid,
 * the mean's fraction is where it begins, and all pixels lie from 0 to 255. Null where none fits, or more than one.
 */
export function presetOnGrid({ channels }: Planes): Numbers | null {
  const grids = channels.map(pixelGrid)
  if (channels.length !== 3 || grids.some((grid) => !grid)) return null
  const most = channels.map((plane) => plane.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY))
  const fits = ({ mean, std }: Numbers): boolean =>
    grids.every((grid, c) => {
      const [least, greatest] = [grid!.origin, most[c]!].map((value) => value * std[c]! + mean[c]!)
      return (
        Math.abs(grid!.step * std[c]! - 1) < 0.002 &&
        Math.abs(least! - Math.round(least!)) < 0.05 &&
        least! > -0.5 &&
        greatest! < 255.5
      )
    })
  const fitting = eitherWay.filter(fits)
  return fitting.length === 1 ? fitting[0]! : null
}
