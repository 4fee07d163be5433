import { covarianceOf, type Mixture, mixtureOf, solve } from './covariance.js'
import type { Box, Planes } from './planes.js'
import { resample, resampler, shrink } from './resample.js'

/** Where a picture shows what another one shows. */
export interface Placement {
  /** The part of the source that fills the target; it may reach beyond the source. */
  readonly box: Box
  /** The share of the target's variance that is not explained, whatever was done to the colours. */
  readonly error: number
  /** The share of the target that lies in the source. */
  readonly covered: number
}

const leastCovered = 0.35

/** The pixels of the target whose centres lie in the source. */
function coveredPart(target: Planes, source: Planes, box: Box): Box {
  const range = (start: number, length: number, samples: number, pixels: number) => {
    const step = length / samples
    const first = Math.max(0, Math.ceil((-1e-9 - start) / step - 0.5))
    const last = Math.min(samples - 1, Math.floor((pixels + 1e-9 - start) / step - 0.5))
    return [first, Math.max(0, last - first + 1)] as const
  }
  const [x, width] = range(box.x, box.width, target.width, source.width)
  const [y, height] = range(box.y, box.height, target.height, source.height)
  return { x, y, width, height }
}

/** How well a box of the source explains the target; null where it hardly covers it. */
export function place(
  target: Planes,
  source: Planes,
  box: Box,
  see?: (box: Box) => Planes,
): Placement | null {
  const tried = attempt(target, source, box, see)
  return tried && { box, error: tried.error, covered: tried.covered }
}

/** A placement with what a step from it needs. */
interface Attempt extends Placement {
  readonly part: Box
  readonly seen: Planes
  readonly mixture: Mixture
}

function attempt(
  target: Planes,
  source: Planes,
  box: Box,
  see = (part: Box) => resample(source, part, target),
): Attempt | null {
  const part = coveredPart(target, source, box)
  const covered = (part.width * part.height) / (target.width * target.height)
  if (covered < leastCovered) return null
  const seen = see(box)
  const mixture = mixtureOf(covarianceOf(target, seen, part))
  return { box, error: mixture.error, covered, part, seen, mixture }
}

/** One step of Gauss and Newton over position and size of the box, the colours being solved anew in every step. */
function step(target: Planes, { box, part, seen, mixture }: Attempt): Box | null {
  const { width, height } = target
  if (part.width < 4 || part.height < 4) return null
  const { weights, offsets } = mixture
  const hessian = Array.from({ length: 4 }, () => new Array<number>(4).fill(0))
  const gradient = new Array<number>(4).fill(0)
  target.channels.forEach((plane, c) => {
    const mixed = new Float32Array(width * height).fill(offsets[c]!)
    seen.channels.forEach((other, k) => {
      const weight = weights[c]![k]!
      for (let i = 0; i < mixed.length; i++) mixed[i]! += weight * other[i]!
    })
    let energy = 0
    for (let i = 0; i < plane.length; i++) energy += plane[i]! ** 2
    const scale = energy > 0 ? 1 / energy : 0
    // By the slopes across and down, each alone and times the place along its axis: sums of a symmetric matrix.
    let [g0, g1, g2, g3] = [0, 0, 0, 0]
    let [h00, h01, h02, h03, h11, h12, h13, h22, h23, h33] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    for (let y = Math.max(1, part.y); y < Math.min(height - 1, part.y + part.height); y++) {
      const down = (y + 0.5) / (height / 2) - 1
      for (let x = Math.max(1, part.x); x < Math.min(width - 1, part.x + part.width); x++) {
        const i = y * width + x
        const across = (x + 0.5) / (width / 2) - 1
        const dx = (mixed[i + 1]! - mixed[i - 1]!) / 2
        const dy = (mixed[i + width]! - mixed[i - width]!) / 2
        const [wide, tall] = [dx * across, dy * down]
        const rest = plane[i]! - mixed[i]!
        g0 += dx * rest
        g1 += wide * rest
        g2 += dy * rest
        g3 += tall * rest
        h00 += dx * dx
        h01 += dx * wide
        h02 += dx * dy
        h03 += dx * tall
        h11 += wide * wide
        h12 += wide * dy
        h13 += wide * tall
        h22 += dy * dy
        h23 += dy * tall
        h33 += tall * tall
      }
    }
    const rows = [
      [h00, h01, h02, h03],
      [h01, h11, h12, h13],
      [h02, h12, h22, h23],
      [h03, h13, h23, h33],
    ]
    for (let p = 0; p < 4; p++) {
      gradient[p]! += scale * [g0, g1, g2, g3][p]!
      for (let q = 0; q < 4; q++) hessian[p]![q]! += scale * rows[p]![q]!
    }
  })
  for (let p = 0; p < 4; p++) hessian[p]![p]! *= 1 + 1e-3
  const move = solve(hessian, gradient)
  if (!move) return null
  // In samples of the target: a move of the centre, and of the right (lower) edge away from it.
  const [dx, wider, dy, taller] = move as [number, number, number, number]
  const [stepX, stepY] = [box.width / width, box.height / height]
  const [newWidth, newHeight] = [box.width + 2 * wider * stepX, box.height + 2 * taller * stepY]
  if (!(newWidth > box.width / 3 && newWidth < box.width * 3)) return null
  if (!(newHeight > box.height / 3 && newHeight < box.height * 3)) return null
  return {
    x: box.x + box.width / 2 + dx * stepX - newWidth / 2,
    y: box.y + box.height / 2 + dy * stepY - newHeight / 2,
    width: newWidth,
    height: newHeight,
  }
}

const between = (a: Box, b: Box, share: number): Box => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
  width: a.width + (b.width - a.width) * share,
  height: a.height + (b.height - a.height) * share,
})

/** How far the corners of two boxes lie apart, in samples of the target. */
export function distance(a: Box, b: Box, target: { width: number; height: number }): number {
  const stepX = Math.min(a.width, b.width) / target.width
  const stepY = Math.min(a.height, b.height) / target.height
  return Math.max(
    Math.abs(a.x - b.x) / stepX,
    Math.abs(a.x + a.width - b.x - b.width) / stepX,
    Math.abs(a.y - b.y) / stepY,
    Math.abs(a.y + a.height - b.y - b.height) / stepY,
  )
}

/** The best box near one, at the size of the target. */
export function refine(target: Planes, source: Planes, from: Box, steps = 8): Placement | null {
  let best = attempt(target, source, from)
  for (let i = 0; best && i < steps; i++) {
    const wanted = step(target, best)
    if (!wanted) break
    let better: Attempt | null = null
    for (const share of [1, 0.4]) {
      const tried = attempt(target, source, between(best.box, wanted, share))
      if (tried && worth(tried) < worth(best)) {
        better = tried
        break
      }
    }
    if (!better) break
    const moved = distance(best.box, better.box, target)
    best = better
    if (moved < 0.01) break
  }
  return best && { box: best.box, error: best.error, covered: best.covered }
}

/** What is minimised: a box that covers little of the target has to explain it better. */
export const worth = ({ error, covered }: Placement): number => error + 0.1 * (1 - covered)

const geometric = (least: number, most: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => least * (most / least) ** (i / (count - 1)))

/** Boxes about the centre of the source, as crops, other aspects and what lay around a crop give them. */
function centred(source: Planes, scales: readonly number[]): Box[] {
  return scales.flatMap((kx) => scales.map((ky) => placed(source, kx, ky, 0.5, 0.5)))
}

/** Boxes anywhere. */
function anywhere(source: Planes): Box[] {
  const scales = geometric(0.45, 1.9, 10)
  const boxes: Box[] = []
  for (let x = -10; x <= 10; x++) {
    for (let y = -10; y <= 10; y++) {
      boxes.push({
        width: source.width,
        height: source.height,
        x: (x / 18) * source.width,
        y: (y / 18) * source.height,
      })
    }
  }
  for (const kx of scales) {
    for (const ky of scales) {
      // Aspects beyond two to one come from stretching, which is about the centre.
      if (kx / ky > 1.9 || ky / kx > 1.9) continue
      const places = (k: number) => {
        const count = 1 + Math.round(Math.abs(1 - k) / (0.12 * k))
        return Array.from({ length: count }, (_, i) => (count === 1 ? 0.5 : i / (count - 1)))
      }
      for (const px of places(kx)) for (const py of places(ky)) boxes.push(placed(source, kx, ky, px, py))
    }
  }
  return boxes
}

const placed = ({ width, height }: Planes, kx: number, ky: number, px: number, py: number): Box => ({
  x: width * (1 - kx) * px,
  y: height * (1 - ky) * py,
  width: width * kx,
  height: height * ky,
})

export interface SearchOptions {
  /** Boxes to start from as well: those of known ways to prepare a picture. */
  readonly starts?: readonly Box[] | undefined
  /** Whether parts off the centre are looked for. Default: true. */
  readonly offCentre?: boolean | undefined
  /** Whether fewer scales do, because many pictures are searched. Default: false. */
  readonly quick?: boolean | undefined
  /** How many boxes are followed to the end. Default: 3. */
  readonly keep?: number | undefined
}

const coarse = 20
/** Where a place is known to a hundredth of a pixel: more pixels would only take time. */
const finest = 200

/** How well anything in the source explains the target at the size of a thumbnail, best first. */
export function searchCoarsely(target: Planes, source: Planes, options: SearchOptions = {}): Placement[] {
  const longest = options.quick ? 14 : coarse
  const small = shrink(target, longest)
  const [from, scale] = shrunken(source, 2 * longest)
  const boxes = [
    { x: 0, y: 0, width: source.width, height: source.height },
    ...(options.starts ?? []),
    ...centred(source, geometric(0.42, 2.2, options.quick ? 11 : 23)),
    ...(options.offCentre === false ? [] : anywhere(source)),
  ]
  const see = resampler(from, small)
  const tried = boxes.flatMap((box) => {
    const placement = place(small, from, scaled(box, scale), see)
    return placement ? [placement] : []
  })
  tried.sort((a, b) => worth(a) - worth(b))
  const kept: Placement[] = []
  for (const placement of tried) {
    if (kept.length >= 4 * (options.keep ?? 3)) break
    if (kept.every(({ box }) => distance(box, placement.box, small) > 1.2)) kept.push(placement)
  }
  const refined = kept.flatMap(({ box }) => refine(small, from, box, 6) ?? [])
  return distinct(refined, small).map((placement) => ({
    ...placement,
    box: scaled(placement.box, { x: 1 / scale.x, y: 1 / scale.y }),
  }))
}

/** Where the target lies in the source, best first: searched for as a thumbnail, refined to the target's own size. */
export function search(target: Planes, source: Planes, options: SearchOptions = {}): Placement[] {
  const found = searchCoarsely(target, source, options).slice(0, 2 * (options.keep ?? 3))
  return refineUp(target, source, found, options.keep ?? 3)
}

/** Placements found on thumbnails, refined at sizes up to the target's own. */
export function refineUp(
  target: Planes,
  source: Planes,
  from: readonly Placement[],
  keep: number,
): Placement[] {
  let found = [...from]
  for (const longest of [2.5 * coarse, 5 * coarse, finest]) {
    const size = shrink(target, longest)
    const [pixels, scale] = shrunken(source, 2 * Math.max(size.width, size.height))
    const refined = found.flatMap(({ box }) => {
      const placement = refine(size, pixels, scaled(box, scale), 6)
      return placement
        ? [{ ...placement, box: scaled(placement.box, { x: 1 / scale.x, y: 1 / scale.y }) }]
        : []
    })
    found = distinct(refined, size).slice(0, keep)
    // What is far behind does not come back.
    found = found.filter((placement) => worth(placement) < 2.5 * worth(found[0]!) + 0.002)
    if (size === target) return found
  }
  return distinct(
    found.flatMap(({ box }) => place(target, source, box) ?? []),
    target,
  )
}

function distinct(placements: readonly Placement[], size: { width: number; height: number }): Placement[] {
  const kept: Placement[] = []
  for (const placement of [...placements].sort((a, b) => worth(a) - worth(b))) {
    if (kept.every(({ box }) => distance(box, placement.box, size) > 0.5)) kept.push(placement)
  }
  return kept
}

interface Scale {
  readonly x: number
  readonly y: number
}

function shrunken(source: Planes, longest: number): [Planes, Scale] {
  const small = shrink(source, longest)
  return [small, { x: small.width / source.width, y: small.height / source.height }]
}

const scaled = ({ x, y, width, height }: Box, scale: Scale): Box => ({
  x: x * scale.x,
  y: y * scale.y,
  width: width * scale.x,
  height: height * scale.y,
})
