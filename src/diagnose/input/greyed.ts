import { covarianceOf, lineOf } from './covariance.js'
import { presetOnGrid } from './pixelGrid.js'
import type { Planes } from './planes.js'

/** How people make grey of red, green and blue: BT.601, BT.709, the mean. */
const lumas: readonly (readonly number[])[] = [
  [0.299, 0.587, 0.114],
  [0.2126, 0.7152, 0.0722],
  [1 / 3, 1 / 3, 1 / 3],
]

/**
 * The golden input as it would be if its picture had been made grey, by the luma that comes nearest to a deployed input
 * that is: the two then differ by what else is wrong. Null where the golden values do not say which pixels they are.
 */
export function greyed(golden: Planes, deployed: Planes): Planes | null {
  const preset = presetOnGrid(golden)
  if (!preset) return null
  const pixels = golden.channels.map((plane, c) =>
    plane.map((value) => value * preset.std[c]! + preset.mean[c]!),
  )
  const [seen] = deployed.channels
  const tried = [...lumas, ...lumas.slice(0, 2).map((luma) => [...luma].reverse())].map((luma) => {
    const grey = pixels[0]!.map((red, i) =>
      Math.round(luma[0]! * red + luma[1]! * pixels[1]![i]! + luma[2]! * pixels[2]![i]!),
    )
    const size = { width: golden.width, height: golden.height }
    const { error } = lineOf(
      covarianceOf({ ...size, channels: [grey] }, { ...size, channels: [seen!] }),
      0,
      0,
    )
    return { grey, error }
  })
  const { grey } = tried.reduce((a, b) => (b.error < 0.9 * a.error ? b : a))
  return {
    ...golden,
    channels: preset.mean.map((mean, c) => grey.map((value) => (value - mean) / preset.std[c]!)),
  }
}
