import type { Centring, Fit, ImageSize, Preprocessing } from '../../preprocess/Preprocessing.js'
import { type Geometry, planGeometry } from '../../preprocess/planGeometry.js'
import { geometricRecord } from './picture.js'
import type { Box } from './planes.js'
import { distance } from './register.js'

/** A way to cut and fit a picture, with the part of the picture that it brings to the input. */
export interface Candidate {
  readonly record: Pick<Preprocessing, 'fit' | 'cropPct' | 'centring' | 'pad'>
  readonly geometry: Geometry
  /** How far its edges lie from those that were found, in pixels of the input. */
  readonly away: number
  /** Whether a record can say it: the parts that lie off the centre it cannot. */
  readonly isRecord: boolean
}

/** The part of a picture that fills all of an input, in its pixels; beyond it where the input has bars. */
export function filledBy({ source, resized, window, left, top }: Geometry, size: ImageSize): Box {
  const kx = resized ? source.width / resized.width : 1
  const ky = resized ? source.height / resized.height : 1
  return {
    x: source.left + (window.left - left) * kx,
    y: source.top + (window.top - top) * ky,
    width: size.width * kx,
    height: size.height * ky,
  }
}

/** Shares that people cut out, tried before others that give the same pixels. */
export const usualShares: readonly number[] = [
  1, 0.875, 0.9, 0.95, 0.96, 0.965, 0.97, 0.98, 0.985, 0.94, 0.93, 0.92, 0.91, 0.89, 0.88, 0.86, 0.85, 0.84,
  0.82, 0.8, 0.78, 0.75, 0.72, 0.7, 0.65, 0.6, 0.5,
]

/**
 * The ways to prepare a picture that bring the found part of it to an input of `size`, the nearest first and those that
 * people use before their like; where none does, one that cuts that part out off the centre.
 */
export function candidatesFor(found: Box, picture: ImageSize, size: ImageSize): Candidate[] {
  const seen = new Set<string>()
  const candidates: Candidate[] = []
  const tryOne = (record: Candidate['record']) => {
    const full = geometricRecord(
      { ...record, size, order: 'RGB', resampler: 'pillow', interpolation: 'bilinear' },
      size,
    )
    const geometry = planGeometry(picture, full)
    const key = keyOf(geometry)
    if (seen.has(key)) return
    seen.add(key)
    const away = distance(filledBy(geometry, size), found, size)
    if (away < 1.6) candidates.push({ record, geometry, away, isRecord: true })
  }
  const [kx, ky] = [found.width / size.width, found.height / size.height]
  const shares: Readonly<Record<'stretch' | 'cover' | 'crop', number>> = {
    stretch: Math.sqrt((found.width / picture.width) * (found.height / picture.height)),
    cover: Math.max(found.width / picture.width, found.height / picture.height),
    crop: Math.max(found.width / picture.width, found.height / picture.height),
  }
  for (const fit of ['cover', 'stretch', 'crop'] as const) {
    for (const cropPct of sharesNear(shares[fit], size)) {
      for (const centring of centrings(fit))
        tryOne({ fit, ...(cropPct === 1 ? {} : { cropPct }), ...centring })
    }
  }
  for (const position of ['centre', 'top-left'] as const) {
    tryOne({ fit: 'letterbox', pad: { position } })
    for (const centring of position === 'centre' ? centrings('pad') : [{}]) {
      if (Math.abs(kx - 1) < 0.02 && Math.abs(ky - 1) < 0.02)
        tryOne({ fit: 'pad', pad: { position }, ...centring })
    }
  }
  candidates.sort((a, b) => Math.round(4 * a.away) - Math.round(4 * b.away))
  const records = candidates.slice(0, 8)
  const free = anyResize(found, picture, size, records[0]?.record).filter(
    ({ geometry }) => !seen.has(keyOf(geometry)),
  )
  return [...records, ...free]
}

/** Geometries with the same pixels have the same key. */
export const keyOf = ({ source, resized, window, left, top }: Geometry): string => {
  const size = resized ?? window
  const boxes = [source, window].flatMap((box) => [box.left, box.top, box.width, box.height])
  return [...boxes, size.width, size.height, left, top].join()
}

const centrings = (fit: Fit): { centring?: Centring }[] =>
  fit === 'cover' || fit === 'stretch'
    ? [{}, { centring: 'down' }, { centring: 'up' }]
    : [{}, { centring: 'even' }, { centring: 'up' }]

function sharesNear(share: number, size: ImageSize): number[] {
  if (!(share > 0.2 && share < 1.03)) return []
  const near = usualShares.filter((usual) => Math.abs(usual / share - 1) < 0.015)
  const side = Math.max(size.width, size.height)
  const sides = [-1, 0, 1, -2, 2]
    .map((more) => Math.round(side / share) + more)
    .filter((grown) => grown >= side)
  // A share in the middle of those that round down to the side.
  return [...near, ...sides.map((grown) => Number(Math.min(1, side / (grown + 0.4)).toFixed(4)))]
}

/**
 * All resized to any size, and a part cut out anywhere: what rounds otherwise than a record does, and parts off the
 * centre. Called by the nearest record's name, where there is one.
 */
function anyResize(
  found: Box,
  picture: ImageSize,
  size: ImageSize,
  near: Candidate['record'] | undefined,
): Candidate[] {
  const [kx, ky] = [found.width / size.width, found.height / size.height]
  const around = (value: number, least: number, most: number) => {
    const whole = Math.round(value)
    const other = value > whole ? whole + 1 : whole - 1
    return [whole, ...(Math.abs(value - whole) > 0.2 ? [other] : [])].map((n) =>
      Math.min(most, Math.max(least, n)),
    )
  }
  const bars =
    found.x < -0.5 * kx ||
    found.y < -0.5 * ky ||
    found.x + found.width > picture.width + 0.5 * kx ||
    found.y + found.height > picture.height + 0.5 * ky
  const candidates: Candidate[] = []
  for (const width of around(picture.width / kx, 1, 1e5)) {
    for (const height of around(picture.height / ky, 1, 1e5)) {
      for (const x of around(
        (found.x * width) / picture.width,
        -size.width,
        Math.max(0, width - size.width),
      )) {
        for (const y of around(
          (found.y * height) / picture.height,
          -size.height,
          Math.max(0, height - size.height),
        )) {
          const window = {
            left: Math.max(0, x),
            top: Math.max(0, y),
            width: Math.min(width, size.width, size.width + Math.min(0, x)),
            height: Math.min(height, size.height, size.height + Math.min(0, y)),
          }
          const geometry: Geometry = {
            source: { left: 0, top: 0, width: picture.width, height: picture.height },
            resized: { width, height },
            window,
            left: Math.max(0, -x),
            top: Math.max(0, -y),
          }
          const away = distance(filledBy(geometry, size), found, size)
          if (away > 1.2 || window.width < 1 || window.height < 1) continue
          const share = Math.max(found.width / picture.width, found.height / picture.height)
          const isStretched = Math.abs(Math.log(kx / ky)) > 0.015
          const record =
            near ??
            (bars
              ? ({ fit: 'letterbox', pad: { position: 'centre' } } as const)
              : ({
                  fit: isStretched ? 'stretch' : 'cover',
                  cropPct: Number(Math.min(1, share).toFixed(4)),
                } as const))
          candidates.push({ record, geometry, away, isRecord: false })
        }
      }
    }
  }
  return candidates.sort((a, b) => a.away - b.away).slice(0, 6)
}
