import type { Centring, ImageSize, Interpolation, Preprocessing, Resampler } from './Preprocessing.js'
import {
  invalid,
  perChannel,
  refuseUnknown,
  requireBoolean,
  requireNumber,
  requireWord,
} from './requireFields.js'

/** A record with all its defaults, and one number for each channel. */
export interface ResolvedPreprocessing extends Preprocessing {
  readonly channels: 1 | 3
  readonly cropPct: number
  readonly centring: Centring
  readonly antialias: boolean
  readonly rounded: boolean
  readonly pad: { readonly value: readonly number[]; readonly position: 'centre' | 'top-left' }
  readonly exif: boolean
  readonly scale: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly layout: 'NCHW' | 'NHWC'
  readonly dtype: 'float32' | 'uint8'
}

/** Which interpolations each resampler has. */
const interpolations: Readonly<Record<Resampler, readonly Interpolation[]>> = {
  pillow: ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'],
  opencv: ['nearest', 'bilinear', 'bicubic', 'area', 'lanczos'],
  torchvision: ['nearest', 'nearest-exact', 'bilinear', 'bicubic'],
  ncnn: ['bilinear'],
  mnn: ['nearest', 'bilinear', 'bicubic'],
}

/** The interpolations that a resampler has, by the names of `Preprocessing`. Throws TWINFER_INVALID_OPTION. */
export function interpolationsOf(resampler: Resampler): readonly Interpolation[] {
  return interpolations[requireWord('resampler', resampler, Object.keys(interpolations) as Resampler[])]
}

/** All resamplers, in the order in which `Resampler` names them. */
export const resamplers = Object.keys(interpolations) as readonly Resampler[]

/** Every field of a record. */
export const preprocessingFields: Readonly<Record<keyof Preprocessing, true>> = {
  size: true,
  order: true,
  fit: true,
  cropPct: true,
  centring: true,
  resampler: true,
  interpolation: true,
  antialias: true,
  rounded: true,
  pad: true,
  exif: true,
  scale: true,
  mean: true,
  std: true,
  layout: true,
  dtype: true,
}

/** Sides of an input are at most this, in pixels. */
const mostSide = 65_535

/**
 * A record with its defaults filled in.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION for a field that is unknown, missing, out of its range or without effect
 * beside the others: what was expected, what was received, and the nearest name.
 */
export function resolvePreprocessing(record: Preprocessing): ResolvedPreprocessing {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw invalid('preprocessing', 'a record such as { size, order, fit, … }', record)
  }
  refuseUnknown('preprocessing', record, Object.keys(preprocessingFields))
  const size = requireSize(record.size)
  const order = requireWord('order', record.order, ['RGB', 'BGR', 'GREY'])
  const fit = requireWord('fit', record.fit, ['stretch', 'cover', 'crop', 'letterbox', 'pad'])
  const resampler = requireWord('resampler', record.resampler, resamplers)
  const interpolation = requireWord('interpolation', record.interpolation, interpolations[resampler])
  const channels = order === 'GREY' ? 1 : 3
  const keepsPart = fit === 'cover' || fit === 'crop' || fit === 'stretch'
  const cropPct = requireNumber(
    'cropPct',
    record.cropPct ?? 1,
    (pct) => pct > 0 && pct <= 1,
    'above 0, at most 1',
  )
  if (!keepsPart && cropPct !== 1) {
    throw invalid('cropPct', `none for the fit '${fit}', which cuts nothing out`, cropPct)
  }
  const dtype = requireWord('dtype', record.dtype ?? 'float32', ['float32', 'uint8'])
  const resolved: ResolvedPreprocessing = {
    size,
    order,
    fit,
    channels,
    cropPct,
    centring: requireWord('centring', record.centring ?? defaultCentring(fit), ['even', 'down', 'up']),
    resampler,
    interpolation,
    antialias: resolveAntialias(record.antialias, resampler, interpolation),
    rounded: requireBoolean('rounded', record.rounded ?? true),
    pad: resolvePad(record, channels, fit),
    exif: requireBoolean('exif', record.exif ?? true),
    scale: requireNumber('scale', record.scale ?? 1, (scale) => scale !== 0, 'other than 0'),
    mean: perChannel('mean', record.mean ?? 0, channels, () => true, 'finite'),
    std: perChannel('std', record.std ?? 1, channels, (std) => std !== 0, 'other than 0'),
    layout: requireWord('layout', record.layout ?? 'NCHW', ['NCHW', 'NHWC']),
    dtype,
  }
  if (!resolved.rounded && resampler !== 'torchvision') {
    throw invalid('rounded', `true for ${resampler}, which gives 8 bits`, false)
  }
  if (dtype === 'uint8') refuseNormalising(resolved)
  return resolved
}

const defaultCentring = (fit: string): Centring => (fit === 'cover' || fit === 'stretch' ? 'even' : 'down')

function refuseNormalising({ scale, mean, std, pad, rounded }: ResolvedPreprocessing): void {
  if (scale !== 1) throw invalid('scale', "none for the dtype 'uint8'", scale)
  if (mean.some((value) => value !== 0)) throw invalid('mean', "none for the dtype 'uint8'", mean)
  if (std.some((value) => value !== 1)) throw invalid('std', "none for the dtype 'uint8'", std)
  if (!rounded) throw invalid('rounded', "true for the dtype 'uint8'", rounded)
  const broken = pad.value.find((value) => !Number.isInteger(value))
  if (broken !== undefined) throw invalid('pad.value', "whole numbers for the dtype 'uint8'", broken)
}

function resolveAntialias(
  given: boolean | undefined,
  resampler: Resampler,
  interpolation: Interpolation,
): boolean {
  const isNearest = interpolation === 'nearest' || interpolation === 'nearest-exact'
  if (resampler === 'torchvision') return requireBoolean('antialias', given ?? true) && !isNearest
  const own = resampler === 'pillow' && !isNearest
  if (given !== undefined && requireBoolean('antialias', given) !== own && !isNearest) {
    throw invalid('antialias', `${own} for ${resampler}, which leaves no choice`, given)
  }
  return own
}

function resolvePad(
  { pad }: Preprocessing,
  channels: number,
  fit: string,
): { readonly value: readonly number[]; readonly position: 'centre' | 'top-left' } {
  const position = fit === 'pad' ? 'top-left' : 'centre'
  if (pad === undefined) return { value: new Array(channels).fill(0), position }
  if (typeof pad !== 'object' || pad === null) throw invalid('pad', 'an object such as { value: 114 }', pad)
  if (fit !== 'letterbox' && fit !== 'pad') {
    throw invalid('pad', `none for the fit '${fit}', which leaves nothing to pad`, pad)
  }
  refuseUnknown('pad', pad, ['value', 'position'])
  return {
    value: perChannel(
      'pad.value',
      pad.value ?? 0,
      channels,
      (value) => value >= 0 && value <= 255,
      '0 to 255',
    ),
    position: requireWord('pad.position', pad.position ?? position, ['centre', 'top-left']),
  }
}

function requireSize(size: ImageSize): ImageSize {
  if (typeof size !== 'object' || size === null || Array.isArray(size)) {
    throw invalid('size', 'an object { width, height }: a bare pair is how they get swapped', size)
  }
  refuseUnknown('size', size, ['width', 'height'])
  for (const name of ['width', 'height'] as const) {
    const side: unknown = size[name]
    if (!Number.isInteger(side) || (side as number) < 1 || (side as number) > mostSide) {
      throw invalid(`size.${name}`, `a whole number from 1 to ${mostSide}`, side)
    }
  }
  return { width: size.width, height: size.height }
}
