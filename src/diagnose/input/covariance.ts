import type { Box, Planes } from './planes.js'

/** Means and covariances of the channels of two pictures of one size: all that linear fits between them need. */
export interface Covariance {
  readonly pixels: number
  /** How many channels the first picture has: those that are explained; the others explain. */
  readonly explained: number
  readonly means: readonly number[]
  /** Between all channels, those of the first picture first; divided by the count of pixels. */
  readonly matrix: readonly (readonly number[])[]
}

/** Of the pixels of `box`, in whole pixels, or of all. */
export function covarianceOf(target: Planes, source: Planes, box?: Box): Covariance {
  const planes = [...target.channels, ...source.channels]
  const { x, y, width, height } = box ?? { x: 0, y: 0, width: target.width, height: target.height }
  const count = planes.length
  // Around a value from within, so that large offsets cost no digits.
  const origins = planes.map((plane) => plane[y * target.width + x] ?? 0)
  const sums = new Float64Array(count)
  const products = new Float64Array(count * count)
  for (let a = 0; a < count; a++) {
    const [one, from] = [planes[a]!, origins[a]!]
    let total = 0
    for (let row = y; row < y + height; row++) {
      for (let i = row * target.width + x, end = i + width; i < end; i++) total += one[i]! - from
    }
    sums[a] = total
    for (let b = 0; b <= a; b++) {
      const [other, to] = [planes[b]!, origins[b]!]
      let product = 0
      for (let row = y; row < y + height; row++) {
        for (let i = row * target.width + x, end = i + width; i < end; i++)
          product += (one[i]! - from) * (other[i]! - to)
      }
      products[a * count + b] = product
    }
  }
  const pixels = width * height
  const matrix = planes.map((_, a) =>
    planes.map((_, b) => {
      const product = a >= b ? products[a * count + b]! : products[b * count + a]!
      return product / pixels - (sums[a]! / pixels) * (sums[b]! / pixels)
    }),
  )
  return {
    pixels,
    explained: target.channels.length,
    means: origins.map((origin, a) => origin + sums[a]! / pixels),
    matrix,
  }
}

/** The values x of a * x = b for a symmetric positive a; null where it is singular. `a` and `b` are used up. */
export function solve(a: number[][], b: number[]): number[] | null {
  const n = b.length
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row]![column]!) > Math.abs(a[pivot]![column]!)) pivot = row
    }
    if (!(Math.abs(a[pivot]![column]!) > 0)) return null
    ;[a[column], a[pivot]] = [a[pivot]!, a[column]!]
    ;[b[column], b[pivot]] = [b[pivot]!, b[column]!]
    for (let row = column + 1; row < n; row++) {
      const factor = a[row]![column]! / a[column]![column]!
      if (factor === 0) continue
      for (let k = column; k < n; k++) a[row]![k]! -= factor * a[column]![k]!
      b[row]! -= factor * b[column]!
    }
  }
  const x = new Array<number>(n).fill(0)
  for (let row = n - 1; row >= 0; row--) {
    let rest = b[row]!
    for (let k = row + 1; k < n; k++) rest -= a[row]![k]! * x[k]!
    x[row] = rest / a[row]![row]!
  }
  return x.every(Number.isFinite) ? x : null
}

/** Each channel of the first picture as a mixture of all of the second's: what stays whatever was done to colours. */
export interface Mixture {
  /** For each explained channel the weight of each that explains. */
  readonly weights: readonly (readonly number[])[]
  readonly offsets: readonly number[]
  /** The share of the variance that is not explained: 0 exact, 1 nothing in common. */
  readonly error: number
}

/** The mixture with the least error. A channel of one value is explained by its offset. */
export function mixtureOf(covariance: Covariance): Mixture {
  const { explained, means, matrix } = covariance
  const sources = means.length - explained
  const largest = Math.max(
    ...Array.from({ length: sources }, (_, k) => matrix[explained + k]![explained + k]!),
  )
  let [left, total] = [0, 0]
  const weights: number[][] = []
  const offsets: number[] = []
  for (let c = 0; c < explained; c++) {
    const along = Array.from({ length: sources }, (_, k) => matrix[c]![explained + k]!)
    // Grey pictures have three channels of one content: a little ridge shares the weight among them.
    const gram = along.map((_, j) =>
      along.map((_, k) => matrix[explained + j]![explained + k]! + (j === k ? largest * 1e-9 : 0)),
    )
    const mix = (largest > 0 ? solve(gram, [...along]) : null) ?? along.map(() => 0)
    weights.push(mix)
    offsets.push(mix.reduce((offset, weight, k) => offset - weight * means[explained + k]!, means[c]!))
    const variance = matrix[c]![c]!
    // In full, because the mixture is not quite the least squares one where the ridge tells.
    let rest = variance
    for (let j = 0; j < sources; j++) {
      rest -= 2 * mix[j]! * along[j]!
      for (let k = 0; k < sources; k++) rest += mix[j]! * mix[k]! * matrix[explained + j]![explained + k]!
    }
    // Channels weigh the same, whatever their range.
    if (variance > 0) {
      left += Math.max(0, rest) / variance
      total++
    }
  }
  return { weights, offsets, error: total > 0 ? left / total : 0 }
}

/** One channel by another, `slope * value + offset`, with the share of the variance that is left. */
export interface Line {
  readonly slope: number
  readonly offset: number
  readonly error: number
}

/** The explained channel `c` by the explaining channel `k`. */
export function lineOf({ explained, means, matrix }: Covariance, c: number, k: number): Line {
  const [variance, source, together] = [
    matrix[c]![c]!,
    matrix[explained + k]![explained + k]!,
    matrix[c]![explained + k]!,
  ]
  const slope = source > 0 ? together / source : 0
  return {
    slope,
    offset: means[c]! - slope * means[explained + k]!,
    error: variance > 0 && source > 0 ? Math.max(0, 1 - (together * together) / (variance * source)) : 1,
  }
}

/** The share of a channel's variance that another channel of the same side does not explain. */
export function apart({ matrix }: Covariance, a: number, b: number): number {
  const product = matrix[a]![a]! * matrix[b]![b]!
  return product > 0 ? Math.max(0, 1 - matrix[a]![b]! ** 2 / product) : 0
}
