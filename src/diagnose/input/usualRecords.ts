import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { eitherWay, type Numbers } from './presets.js'

/** Cuts that people use, most different ones first. */
export const fits: readonly Partial<Preprocessing>[] = [
  { fit: 'cover', cropPct: 0.875 },
  { fit: 'stretch' },
  { fit: 'letterbox', pad: { value: 114 } },
  { fit: 'letterbox', pad: { value: 0 } },
  { fit: 'cover' },
  { fit: 'cover', cropPct: 0.9 },
  { fit: 'cover', cropPct: 0.95 },
  { fit: 'letterbox', pad: { value: 0, position: 'top-left' } },
  { fit: 'letterbox', pad: { value: 127 } },
  { fit: 'letterbox', pad: { value: 255 } },
  { fit: 'cover', cropPct: 0.8 },
  { fit: 'crop', cropPct: 0.875 },
]

export const filters: readonly Partial<Preprocessing>[] = [
  { resampler: 'pillow', interpolation: 'bilinear' },
  { resampler: 'opencv', interpolation: 'bilinear' },
  { resampler: 'pillow', interpolation: 'bicubic' },
  { resampler: 'pillow', interpolation: 'lanczos' },
  { resampler: 'opencv', interpolation: 'area' },
  { resampler: 'opencv', interpolation: 'bicubic' },
  { resampler: 'opencv', interpolation: 'nearest' },
  { resampler: 'pillow', interpolation: 'nearest' },
]

/** Each filter, with odd pixels on the other side of the centre. */
export const oddPixels: readonly Partial<Preprocessing>[] = (['up', 'down'] as const).flatMap((centring) =>
  filters.map((filter) => ({ centring, ...filter })),
)

/** Cuts near the one that was found best: odd pixels on the other side of the centre, and shares of the picture. */
export function near({ fit, cropPct }: Preprocessing): Partial<Preprocessing>[] {
  const isCut = fit === 'cover' || fit === 'crop' || fit === 'stretch'
  const share = cropPct ?? 1
  const shares = [-0.005, 0.005, -0.01, 0.01, -0.02, 0.02, -0.03, 0.03, -0.04, 0.04]
    .map((more) => Number((share + more).toFixed(4)))
    .filter((value) => value > 0.1 && value <= 1)
  return [
    {},
    ...(['up', 'down'] as const).map((centring) => ({ centring })),
    ...(isCut ? shares.map((value) => ({ cropPct: value })) : []),
  ]
}

/** A preset of each kind: others that hardly change what a wrong cut or filter leaves are tried once these are right. */
export const differentNumbers: readonly Numbers[] = eitherWay.filter(
  (one, i) => !eitherWay.slice(0, i).some((other) => isLike(one, other)),
)

function isLike(one: Numbers, other: Numbers): boolean {
  return one.mean.every(
    (value, c) =>
      Math.abs(one.std[c]! / other.std[c]! - 1) < 0.04 && Math.abs(value - other.mean[c]!) < 0.02 * 255,
  )
}

/** How far numbers solved for may be from a preset's: a share of the deviation, and pixels. */
const nearby = { std: 0.12, mean: 15 }

/** Presets that numbers solved for on a cut that is only nearly right may stand for. */
export function presetsNear(mean: readonly number[], std: readonly number[]): readonly Numbers[] {
  return eitherWay.filter((preset) =>
    mean.every(
      (value, c) =>
        Math.abs(std[c]! / preset.std[c]! - 1) < nearby.std &&
        Math.abs(value - preset.mean[c]!) < nearby.mean,
    ),
  )
}
