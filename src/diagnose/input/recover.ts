import type { ChannelOrder, ImageSize, Preprocessing } from '../../preprocess/Preprocessing.js'
import { planGeometry } from '../../preprocess/planGeometry.js'
import { interpolationsOf, resamplers } from '../../preprocess/resolvePreprocessing.js'
import { type Alignment, alignments } from './align.js'
import { type Colours, compareColours } from './colours.js'
import { covarianceOf, type Line, lineOf, mixtureOf } from './covariance.js'
import { type Candidate, candidatesFor, filledBy, keyOf, usualShares } from './geometries.js'
import type { Reading } from './memory.js'
import { geometricRecord, type Picture, render } from './picture.js'
import {
  type Box,
  type Content,
  cutOut,
  type Orientation,
  orient,
  orientations,
  type Planes,
  wholeOf,
  withoutBars,
} from './planes.js'
import { nearestPreset } from './presets.js'
import { fits } from './usualRecords.js'

/** Whose arithmetic resized, and how. */
export type Filter = Pick<Preprocessing, 'resampler' | 'interpolation' | 'antialias' | 'rounded'>

/** What is left to what there is, in dB; at most 200. */
export const errorDb = (error: number): number => (error > 0 ? Math.min(200, -10 * Math.log10(error)) : 200)

/** How an input was made of a picture. */
export interface Recovery {
  /** The share of variance that the best way leaves, whatever the colours. */
  readonly error: number
  readonly orientation: Orientation
  readonly isSwapped: boolean
  /** The part of the picture, turned so, that fills all of the input; beyond it where there are bars. */
  readonly part: Box
  readonly content: Content
  readonly candidate: Candidate
  readonly filter: Filter
  /** All filters that explain the input as well, the chosen one first. */
  readonly filters: readonly Filter[]
  /** Ways to cut that explain it as well. */
  readonly tiedFits: readonly Candidate[]
  readonly colours: Colours
  /** Of each channel of the input, the picture's channel that it shows; null for grey. */
  readonly channels: readonly number[] | null
  /** Shares of red, green and blue in a grey input. */
  readonly lumaWeights: readonly number[] | null
  /** In pixels from 0 to 255, a channel of the input each. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly preset: string | null
  /** What bars are filled with, in pixels. */
  readonly pad: readonly number[] | null
  readonly record: Preprocessing
  /** The error with another filter, at the same place. */
  readonly errorWith: (filter: Filter) => number
  /** The picture's pixels in the content, with a filter. */
  readonly rendered: (filter: Filter) => Planes
}

/** Every filter that the resamplers have; those that people use first, so that ties are called by their names. */
const filters: readonly Filter[] = resamplers.flatMap((resampler) =>
  interpolationsOf(resampler).flatMap((interpolation): Filter[] => {
    if (resampler !== 'torchvision') return [{ resampler, interpolation }]
    if (interpolation.startsWith('nearest')) return [{ resampler, interpolation }]
    return [true, false].flatMap((antialias) =>
      [true, false].map((rounded) => ({ resampler, interpolation, antialias, rounded })),
    )
  }),
)

/** One of each kind: places are compared with the one that fits best. */
const usual: readonly Filter[] = [
  { resampler: 'pillow', interpolation: 'bilinear' },
  { resampler: 'opencv', interpolation: 'bilinear' },
  { resampler: 'pillow', interpolation: 'bicubic' },
  { resampler: 'opencv', interpolation: 'nearest' },
]

/** Two filters that leave errors this close cannot be told apart by the input. */
const tied = 1.5

/** An input that more than this of is not explained was made of another picture. */
export const unexplained = 0.12

/** Where an input lies in a picture that was turned so. */
interface Place {
  readonly orientation: Orientation
  readonly isSwapped: boolean
  /** The input without its bars. */
  readonly content: Content
  readonly found: Box
}

/**
 * How the input `planes` was made of the picture: where it lies, what cut and resized it, the order of its channels, mean
 * and deviation. Always answers with the best way; `error` says how good that is.
 */
export function recover(picture: Picture, planes: Planes): Recovery {
  const searched = recoverAt(picture, planes, searchedPlace(picture, planes))
  if (searched.error <= unexplained) return searched
  const picked = recoverAt(picture, planes, pickedPlace(picture, planes))
  return picked.error < searched.error ? picked : searched
}

function searchedPlace(picture: Picture, planes: Planes): Place {
  const alignment = alignWith(picture, planes)
  const { orientation, reading, goldenContent } = alignment
  const isSwapped = reading.code !== null
  const scale = picture.raster(orientation, isSwapped).width / sourceWidth(alignment)
  return { orientation, isSwapped, content: goldenContent, found: wholePart(alignment, scale, planes) }
}

/** Filters that pick pixels however much they shrink. */
const picking: readonly Filter[] = [
  { resampler: 'opencv', interpolation: 'bilinear' },
  { resampler: 'opencv', interpolation: 'nearest' },
]

/**
 * The best of the cuts that people use, pixel by pixel. A search is smooth: of fine detail that was picked and not
 * smoothed, as that of rows read at a wrong length in a small input, it sees nothing.
 */
function pickedPlace(picture: Picture, planes: Planes): Place {
  const size = { width: planes.width, height: planes.height }
  const sources: readonly (readonly [Orientation, boolean])[] = [
    ...orientations.map((orientation) => [orientation, false] as const),
    ...(picture.swapped ? [[1, true] as const] : []),
  ]
  const cuts = cutsFor(size)
  const [whole, bare] = [{ box: wholeOf(planes), bars: null }, withoutBars(planes)].map((content) => ({
    content,
    wanted: cutOut(planes, content.box),
  })) as [Target, Target]
  const tried = sources.flatMap(([orientation, isSwapped]) => {
    const raster = picture.raster(orientation, isSwapped)
    const seen = new Set<string>()
    return cuts.flatMap((fit) =>
      picking.flatMap((filter) => {
        const record = geometricRecord({ fit: 'stretch', ...fit, ...filter, size } as Preprocessing, size)
        const geometry = planGeometry(raster, record)
        const key = [keyOf(geometry), filter.interpolation, Boolean(fit.pad)].join()
        if (seen.has(key)) return []
        seen.add(key)
        const { content, wanted } = fit.pad ? bare : whole
        const shown = cutOut(render(raster, geometry, record), content.box)
        const { error } = mixtureOf(covarianceOf(wanted, shown))
        return [{ orientation, isSwapped, content, found: filledBy(geometry, size), error }]
      }),
    )
  })
  return tried.reduce((a, b) => (b.error < a.error ? b : a))
}

/** An input with its bars or without them, and the part of it that shows something. */
interface Target {
  readonly content: Content
  readonly wanted: Planes
}

/** An input with no more pixels is held against every usual share: a cut half a pixel off shows other ones there. */
const smallInput = 128 * 128

/** The cuts that people use, with odd pixels on either side of the centre. */
function cutsFor({ width, height }: ImageSize): readonly Partial<Preprocessing>[] {
  const shares = width * height <= smallInput ? usualShares : []
  const cuts = [...fits, ...shares.map((cropPct) => ({ fit: 'cover', cropPct }) as const)]
  return ([undefined, 'up', 'down'] as const).flatMap((centring) => cuts.map((cut) => ({ ...cut, centring })))
}

function recoverAt(
  picture: Picture,
  planes: Planes,
  { orientation, isSwapped, content, found }: Place,
): Recovery {
  const target = cutOut(planes, content.box)
  const raster = picture.raster(orientation, isSwapped)
  const size = { width: planes.width, height: planes.height }
  const errors = new Map<string, number>()
  const pixels = (candidate: Candidate, filter: Filter): Planes => {
    const record = geometricRecord({ ...candidate.record, ...filter, size, order: 'RGB' }, size)
    return cutOut(render(raster, candidate.geometry, record), content.box)
  }
  const errorOf = (candidate: Candidate, filter: Filter): number => {
    const key = JSON.stringify([candidate.geometry, filter])
    const known = errors.get(key)
    if (known !== undefined) return known
    const { error } = mixtureOf(covarianceOf(target, pixels(candidate, filter)))
    errors.set(key, error)
    return error
  }
  const candidates = candidatesFor(found, raster, size)
  if (candidates.length === 0) candidates.push(fallback(raster, size))
  const byPlace = candidates
    .map((candidate) => ({
      candidate,
      error: Math.min(...usual.map((filter) => errorOf(candidate, filter))),
    }))
    .sort((a, b) => a.error - b.error)
  const promising = byPlace.filter(({ error }) => error < 1.3 * byPlace[0]!.error + 1e-9).slice(0, 3)
  const mixed = promising.flatMap(({ candidate }) =>
    filters.map((filter) => ({ candidate, filter, error: errorOf(candidate, filter) })),
  )
  const greyPixels = (candidate: Candidate, filter: Filter): Planes => {
    const record = geometricRecord({ ...candidate.record, ...filter, size }, size, 'GREY')
    return cutOut(render(raster, candidate.geometry, record), content.box)
  }
  const greyLine = (candidate: Candidate, filter: Filter): Line =>
    lineOf(covarianceOf(target, greyPixels(candidate, filter)), 0, 0)
  // A mixture of resized colours is not rounded as grey is: where that was made first, it leaves far less.
  const exact = target.channels.length === 1 && raster.channels > 2 ? asGrey(mixed, greyLine) : null
  const all = exact ?? mixed
  const least = Math.min(...all.map(({ error }) => error))
  const good = all.filter(({ error }) => error <= tied * least + 1e-8)
  // Among ties, what a record says by usual numbers; filters in the order of the list.
  const rank = new Map(candidates.map((candidate, i) => [candidate, i]))
  const best = [...good].sort(
    (a, b) =>
      rank.get(a.candidate)! - rank.get(b.candidate)! ||
      filters.indexOf(a.filter) - filters.indexOf(b.filter),
  )[0]!
  const here = good.filter(({ candidate }) => candidate === best.candidate)
  const seen = pixels(best.candidate, best.filter)
  const normal = exact
    ? { ...normalise(target, seen), ...pixelNumbers(greyLine(best.candidate, best.filter)) }
    : normalise(target, seen)
  const pad = content.bars && normal.mean.map((mean, c) => content.bars![c]! * normal.std[c]! + mean)
  // The record's own grey is not the mixture that was solved for: torchvision's is rounded down.
  const makes = (filter: Filter): number =>
    offByRecord(target.channels[0]!, greyPixels(best.candidate, filter).channels[0]!, normal)
  const said =
    target.channels.length === 1 && !exact
      ? sayable(best.filter, similar(mixed, best.candidate, least), makes)
      : best.filter
  // Turned as it lies in its file, it was taken without a look at its orientation.
  const asStored = orientation !== 1 && orientation === picture.stored && !isSwapped
  const record = {
    ...recordOf(best.candidate, said, size, normal, pad),
    ...(asStored ? { exif: false } : {}),
  }
  return {
    error: best.error,
    orientation,
    isSwapped,
    part: best.candidate.away < 1.6 ? filledBy(best.candidate.geometry, size) : found,
    content,
    candidate: best.candidate,
    filter: best.filter,
    filters: [best.filter, ...here.map(({ filter }) => filter).filter((filter) => filter !== best.filter)],
    tiedFits: [...new Set(good.map(({ candidate }) => candidate))].filter(
      (one) => one !== best.candidate && one.isRecord,
    ),
    ...normal,
    pad,
    record,
    errorWith: (filter) => (exact ? greyLine(best.candidate, filter).error : errorOf(best.candidate, filter)),
    rendered: (filter) => pixels(best.candidate, filter),
  }
}

interface Attempt {
  readonly candidate: Candidate
  readonly filter: Filter
  readonly error: number
}

/** Rounding leaves of the right filter as much as of others. */
const similarError = 3

const similar = (attempts: readonly Attempt[], place: Candidate, least: number): readonly Filter[] =>
  attempts
    .filter(({ candidate, error }) => candidate === place && error <= similarError * least + 1e-6)
    .map(({ filter }) => filter)

/** The filter, or of its like the one whose record comes clearly nearer to the input. */
function sayable(filter: Filter, others: readonly Filter[], makes: (filter: Filter) => number): Filter {
  const best = others
    .map((one) => ({ one, error: makes(one) }))
    .reduce((a, b) => (b.error < a.error ? b : a), { one: filter, error: makes(filter) })
  return makes(filter) > tied * best.error ? best.one : filter
}

/** The mean square of what a record with these numbers makes of pixels, less what it should. */
function offByRecord(wanted: Float32Array, pixels: Float32Array, { mean, std }: Normal): number {
  let sum = 0
  for (let i = 0; i < wanted.length; i++) sum += (wanted[i]! - (pixels[i]! - mean[0]!) / std[0]!) ** 2
  return sum / wanted.length
}

/** The promising ones as grey that was made before it was resized; null where that explains no more than the mixtures. */
function asGrey(
  attempts: readonly Attempt[],
  greyLine: (candidate: Candidate, filter: Filter) => Line,
): readonly Attempt[] | null {
  const least = Math.min(...attempts.map(({ error }) => error))
  const grey = attempts
    .filter(({ error }) => error <= similarError * least + 1e-6)
    .map((one) => ({ ...one, error: greyLine(one.candidate, one.filter).error }))
  return Math.min(...grey.map(({ error }) => error)) < least / 2 ? grey : null
}

/** Mean and deviation in pixels, of an input that is a line of them. */
function pixelNumbers({ slope, offset }: Line): Pick<Normal, 'mean' | 'std'> {
  return { mean: [-offset / slope], std: [1 / slope] }
}

function alignWith(picture: Picture, planes: Planes): Alignment {
  const reading = (code: Reading['code'], source: Planes): Reading => ({
    code,
    writtenAs: '',
    readAs: '',
    planes: source,
    rows: source.height,
  })
  const readings = [reading(null, picture.planes)]
  if (picture.swapped) readings.push(reading('PREPROC_SOURCE_STRIDE_SWAPPED', picture.swapped.planes))
  return alignments(planes, readings)[0]!
}

const sourceWidth = ({ reading, orientation }: Alignment): number =>
  orient(sizeOnly(reading.planes), orientation).width
const sizeOnly = ({ width, height }: Planes): Planes => ({ width, height, channels: [] })

/** From the content of both to all of the input, in the pixels of the whole picture. */
function wholePart(
  { box, target, goldenContent, deployedContent }: Alignment,
  scale: number,
  size: { width: number; height: number },
): Box {
  const [kx, ky] = [box.width / target.width, box.height / target.height]
  return {
    x: (box.x + deployedContent.box.x - goldenContent.box.x * kx) * scale,
    y: (box.y + deployedContent.box.y - goldenContent.box.y * ky) * scale,
    width: size.width * kx * scale,
    height: size.height * ky * scale,
  }
}

function fallback(
  picture: { width: number; height: number },
  size: { width: number; height: number },
): Candidate {
  const record = { fit: 'stretch' } as const
  const full = geometricRecord(
    { ...record, size, order: 'RGB', resampler: 'pillow', interpolation: 'bilinear' },
    size,
  )
  return { record, geometry: planGeometry(picture, full), away: Number.POSITIVE_INFINITY, isRecord: true }
}

type Normal = Pick<Recovery, 'colours' | 'channels' | 'lumaWeights' | 'mean' | 'std' | 'preset'>

/** Order, mean and deviation of the input's channels, from the pixels that they show. */
function normalise(target: Planes, seen: Planes): Normal {
  const isOne = target.channels.length === 1
  const colours = compareColours(target, isOne ? { ...seen, channels: [seen.channels[1]!] } : seen)
  if (isOne || colours.grey === 'golden') {
    const { weights, offsets } = mixtureOf(covarianceOf(target, seen))
    const sums = weights.map((row) => row.reduce((sum, weight) => sum + weight, 0))
    const isColourful =
      compareColours(seen, { ...seen, channels: [...seen.channels].reverse() }).straightError > 1e-6
    return {
      colours,
      channels: null,
      lumaWeights: isColourful ? weights[0]!.map((weight) => weight / sums[0]!) : null,
      mean: offsets.map((offset, c) => -offset / sums[c]!),
      std: sums.map((sum) => 1 / sum),
      preset: null,
    }
  }
  const mean = colours.lines.map(({ slope, offset }) => -offset / slope)
  const std = colours.lines.map(({ slope }) => 1 / slope)
  const preset = colours.order.length === 3 ? nearestPreset(mean, std, colours.order) : null
  return {
    colours,
    channels: colours.order,
    lumaWeights: null,
    mean: preset?.mean ?? mean,
    std: preset?.std ?? std,
    preset: preset?.name ?? null,
  }
}

// Nobody means a ten-thousandth of a level: it is what arithmetic left of 0.
const rounded = (value: number): number => (Math.abs(value) < 1e-4 ? 0 : Number(value.toPrecision(6)))

function recordOf(
  { record }: Candidate,
  filter: Filter,
  size: { width: number; height: number },
  { channels, mean, std }: Normal,
  pad: readonly number[] | null,
): Preprocessing {
  const order: ChannelOrder = channels === null ? 'GREY' : `${channels}` === '2,1,0' ? 'BGR' : 'RGB'
  // A record of grey has one channel, also where the input repeats it.
  const some = (values: readonly number[]) => (order === 'GREY' ? [rounded(values[0]!)] : values.map(rounded))
  const inPixels = (value: number) => Math.min(255, Math.max(0, Math.round(value)))
  return {
    size,
    order,
    ...record,
    ...(record.pad && pad ? { pad: { ...record.pad, value: some(pad).map(inPixels) } } : {}),
    ...filter,
    mean: some(mean),
    std: some(std),
  }
}
