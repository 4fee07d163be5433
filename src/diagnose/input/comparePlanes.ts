import { type Alignment, alignments } from './align.js'
import { blockCovariance, brightness, type Colours, compareColours, isGrey } from './colours.js'
import { covarianceOf, type Line, mixtureOf } from './covariance.js'
import { isFilters, type Residual, residualOf } from './filterResidual.js'
import { greyed } from './greyed.js'
import type { Reading } from './memory.js'
import {
  exactRangeTolerance,
  judgeGreyNormalisation,
  judgeNormalisation,
  type Normalisation,
  type Spread,
} from './normalisation.js'
import { pixelGrid } from './pixelGrid.js'
import { type Box, countValues, cutOut, type Planes, turnsSides, wholeOf, withoutBars } from './planes.js'
import { distance } from './register.js'
import { blockMeans, resample } from './resample.js'
import { compareShearedColours, lookSheared, type Sheared, type ShearedColours } from './sheared.js'

/** Whether the deployed input shows the same part of the picture, in the same aspect. */
export type Geometry = 'same' | 'shifted' | 'crop' | 'aspect' | 'unknown'

/** All that two inputs say of each other by themselves. */
export interface TensorDifference {
  readonly alignment: Alignment
  /** Whether the deployed input, read and turned so, shows what the golden one shows. */
  readonly isExplained: boolean
  readonly geometry: Geometry
  /** Deployed pixels in a golden pixel, across and down. */
  readonly scale: { readonly x: number; readonly y: number }
  readonly colours: Colours
  readonly normalisation: Normalisation
  /** Whether values that differ by a line do so as those of another decoder: the line counts for none then. */
  readonly isDecoder: boolean
  /** Null where the two show different parts: then filters cannot be compared. */
  readonly residual: Residual | null
  readonly isInterpolation: boolean
  /** What the bars are filled with, in the golden input's values; null without bars. */
  readonly bars: {
    readonly golden: readonly number[] | null
    readonly deployed: readonly number[] | null
    readonly differ: boolean
  }
  readonly sheared: (Sheared & { readonly colours: ShearedColours | null }) | null
}

/** The greatest share of unexplained variance with which two inputs still show the same picture. */
const explainedLimit = 0.2
/** The same where both lie in one place, and all that is left is grain: pixels that were picked out of fine detail, not smoothed. */
const grainedLimit = 0.45
/** Of pictures of other things what is left lies in patches as the picture does, by 0.75 of it and more; of picked pixels by 0.3. */
const mostPatches = 0.4
/** With more unexplained than this, some stretch of a sheared picture may have come near by chance. */
const doubtful = 0.06
/** A centre or a side that lies less far off is the filter's own, not another part of the picture. In pixels. */
const ownShift = 0.75
/** The same where more than this share stays unexplained: only another filter leaves so much of two parts that lie so close. */
const roughShift = 1.35
const roughError = 0.006

/** How far a step may be from one between two ranges where filters or a part of the picture leave it less exact. */
const roughRangeTolerance = 0.03

/** Compares what was deployed, in all its possible readings, with the golden input. All values are finite. */
export function compareTensors(golden: Planes, readings: readonly Reading[]): TensorDifference {
  // Grey shows no colours: it has to explain the brightness only.
  const wanted = !isGrey(golden) && isGrey(readings[0]!.planes) ? brightness(golden) : golden
  const [alignment] = alignments(wanted, readings) as [Alignment]
  const { source, box } = alignment
  const target = wanted === golden ? alignment.target : cutOut(golden, alignment.goldenContent.box)
  const part = commonPart(target, source, box)
  const [here, there] = [cutOut(target, part), cutOut(aligned(alignment), part)]
  const scale = { x: box.width / target.width, y: box.height / target.height }
  const isDoubtful = alignment.error > doubtful
  const isGrain = isDoubtful && isInPlace(alignment) && isGrained(here, there)
  const signs = isDoubtful && !isGrain ? sheared(inner(golden), inner(readings[0]!.planes)) : null
  const isExplained = isGrain || (alignment.error < explainedLimit && !signs)
  const geometry = isExplained ? geometryOf(golden, alignment) : 'unknown'
  const coarsest = Math.max(1, 1 / scale.x, 1 / scale.y)
  const colours = compareColours(here, there, coarsest)
  const isGreyed = colours.grey === 'deployed'
  const asGrey = isGreyed ? greyed(here, there) : null
  const lines = asGrey ? compareColours(asGrey, there, coarsest).lines : colours.lines
  const grey =
    isGreyed && !asGrey ? judgeGreyNormalisation(mixtureOf(blockCovariance(there, here)).weights) : null
  const smallest =
    0.004 +
    6 * colours.uncertainty +
    (alignment.isWhole ? 0 : 0.012) +
    0.05 * Math.sqrt(colours.error) +
    1.5 * alignment.error
  const spreads = (asGrey ?? here).channels.map((plane, c) => spreadOf(plane, colours.levels[c]!))
  const exactLines = asGrey
    ? lines
    : linesByGrid(lines, colours.order, [target, source], [here, there], smallest)
  const linear = judgeNormalisation(
    exactLines,
    colours.order,
    spreads,
    isRawPixels(there),
    smallest,
    alignment.isWhole ? clamp(smallest, exactRangeTolerance, roughRangeTolerance) : roughRangeTolerance,
  )
  const isDecoder = linear.kind === 'other' && !asGrey && isOtherDecoder(here, there, linear, colours.levels)
  const normalisation = grey ?? (isDecoder ? { ...linear, kind: 'same' as const } : linear)
  const isSamePart = geometry === 'same' || geometry === 'shifted'
  const residual = isExplained && isSamePart ? residualOf(asGrey ?? here, there, lines, colours.order) : null
  return {
    alignment,
    isExplained,
    geometry,
    scale,
    colours,
    normalisation,
    isDecoder,
    residual,
    // Turned, a picture is filtered along other axes: that is no second fault.
    isInterpolation:
      residual !== null &&
      (!colours.grey || asGrey !== null) &&
      !isTurned(alignment) &&
      isFilters(residual, geometry === 'shifted'),
    bars: compareBars(
      // Of the golden picture's own channels, where only its brightness was brought over the other's.
      alignment.goldenContent.bars &&
        (wanted === golden ? alignment.goldenContent : withoutBars(golden)).bars,
      alignment.deployedContent.bars,
      colours,
      isGreyed && !asGrey ? null : valueLines(exactLines, colours, normalisation),
    ),
    sheared: signs,
  }
}

/** In 8-bit levels: what another decoder moves colours by at most, and what it leaves beside that. */
const decoderLevels = { moved: 1.5, least: 0.1, most: 4 }

/**
 * Whether lines say no more than that the picture was decoded otherwise. A JPEG of flat and saturated colours moves a channel by
 * a level, and leaves noise as well: another mean or deviation of the same pixels leaves none.
 */
function isOtherDecoder(
  golden: Planes,
  deployed: Planes,
  { slopes, offsets }: Normalisation,
  levels: readonly number[],
): boolean {
  let left = 0
  for (const [c, plane] of golden.channels.entries()) {
    const own = deployed.channels[c]!
    let [moved, rest] = [0, 0]
    for (let i = 0; i < plane.length; i++) {
      const made = slopes[c]! * own[i]! + offsets[c]!
      moved += (made - own[i]!) ** 2
      rest += (plane[i]! - made) ** 2
    }
    const [level, count] = [levels[c]!, plane.length]
    if (Math.sqrt(moved / count) > decoderLevels.moved * level) return false
    left = Math.max(left, Math.sqrt(rest / count) / level)
  }
  return left > decoderLevels.least && left < decoderLevels.most
}

function isInPlace({ error, orientation, reading, box, source, target }: Alignment): boolean {
  const isPlain = orientation === 1 && reading.code === null
  return isPlain && error < grainedLimit && distance(box, wholeOf(source), target) < roughShift
}

/** Whether what a mixture of the one leaves of the other is grain: gone in the means of blocks in which the picture stays. */
function isGrained(golden: Planes, deployed: Planes): boolean {
  const { weights, offsets } = mixtureOf(covarianceOf(golden, deployed))
  const rest = golden.channels.map((plane, c) =>
    plane.map(
      (value, i) =>
        value - deployed.channels.reduce((sum, other, k) => sum + weights[c]![k]! * other[i]!, offsets[c]!),
    ),
  )
  return patchiness({ ...golden, channels: rest }) < mostPatches * patchiness(golden)
}

/** The share of the variance that stays in the means of blocks. */
function patchiness(planes: Planes): number {
  const variance = ({ channels }: Planes) =>
    channels.reduce((sum, plane) => sum + spreadOf(plane, 0).deviation ** 2, 0)
  return variance(blockMeans(planes, grainBlocks)) / variance(planes)
}

const grainBlocks = 4

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

/**
 * The lines with the slopes that the steps of 8-bit pixels have in both inputs, which no filter changes, where the fit is no
 * further from them than it can be told from nothing. Where slopes are known the means say the offsets.
 */
function linesByGrid(
  lines: readonly Line[],
  order: readonly number[],
  [golden, deployed]: readonly [Planes, Planes],
  [here, there]: readonly [Planes, Planes],
  smallest: number,
): readonly Line[] {
  const grids = [golden, deployed].map(({ channels }) => channels.map(pixelGrid))
  return lines.map((line, c) => {
    const k = order[c]!
    const [one, other] = [grids[0]![c], grids[1]![k]]
    if (!one || !other) return line
    const slope = one.step / other.step
    if (Math.abs(line.slope / slope - 1) > smallest) return line
    return { ...line, slope, offset: meanOf(here.channels[c]!) - slope * meanOf(there.channels[k]!) }
  })
}

function meanOf(plane: Float32Array): number {
  let sum = 0
  for (let i = 0; i < plane.length; i++) sum += plane[i]!
  return sum / plane.length
}

const inner = (planes: Planes): Planes => cutOut(planes, withoutBars(planes).box)

function sheared(golden: Planes, deployed: Planes): TensorDifference['sheared'] {
  const signs = lookSheared(golden, deployed)
  return signs && { ...signs, colours: compareShearedColours(golden, deployed) }
}

const isTurned = ({ orientation, reading }: Alignment): boolean =>
  orientation !== 1 || reading.code === 'PREPROC_TRANSPOSED'

function commonPart(target: Planes, source: Planes, box: Box): Box {
  const cut = (start: number, length: number, samples: number, pixels: number) => {
    const step = length / samples
    const first = Math.min(samples - 1, Math.max(0, Math.ceil(-start / step - 1e-6)))
    const end = Math.max(first + 1, Math.min(samples, Math.floor((pixels - start) / step + 1e-6)))
    return [first, end - first] as const
  }
  const [x, width] = cut(box.x, box.width, target.width, source.width)
  const [y, height] = cut(box.y, box.height, target.height, source.height)
  return { x, y, width, height }
}

/** The deployed picture over the golden one: moved by whole pixels where that is all, without a filter. */
export function aligned({ target, source, box }: Alignment): Planes {
  const isShift =
    Math.abs(box.width - target.width) < 0.02 &&
    Math.abs(box.height - target.height) < 0.02 &&
    Math.abs(box.x - Math.round(box.x)) < 0.02 &&
    Math.abs(box.y - Math.round(box.y)) < 0.02
  if (!isShift) return resample(source, box, target)
  const exact = { x: Math.round(box.x), y: Math.round(box.y), width: target.width, height: target.height }
  return resample(source, exact, target)
}

/** What differs in what is shown, from where the deployed picture lies and from the bars. */
function geometryOf(golden: Planes, alignment: Alignment): Geometry {
  const { target, source, box, goldenContent, deployedContent, orientation, reading, isWhole } = alignment
  // On its side, and in an input that is not square, a picture comes out another size: that is no second fault.
  const isOnItsSide = turnsSides(orientation) || reading.code === 'PREPROC_TRANSPOSED'
  if (isOnItsSide && golden.width !== golden.height) return 'same'
  const stretch = Math.abs(Math.log((box.width / target.width) * (target.height / box.height)))
  const isStretched = stretch > 0.012 && (stretch * Math.max(target.width, target.height)) / 2 > 1.6
  if (goldenContent.bars || deployedContent.bars) {
    const [a, b] = [goldenContent.box, deployedContent.box]
    const isSamePlace = [a.x - b.x, a.y - b.y, a.width - b.width, a.height - b.height].every(
      (d) => Math.abs(d) <= 1,
    )
    const isSameSize = Math.abs(a.width - b.width) <= 1 && Math.abs(a.height - b.height) <= 1
    if (isStretched || (orientation === 1 ? !isSamePlace : !isSameSize)) return 'aspect'
  }
  if (isWhole) return 'same'
  if (isStretched) return 'aspect'
  const away = distance(box, { x: 0, y: 0, width: source.width, height: source.height }, target)
  if (away < (alignment.error > roughError ? roughShift : ownShift)) return 'shifted'
  // Centred parts of an odd number of pixels lie a pixel off once the picture is turned.
  return orientation !== 1 && away < 1.05 ? 'same' : 'crop'
}

/** What brings values over. Where nothing is wrong with them they stay: the lines' own errors would only add to what is compared. */
export function valueLines(
  lines: readonly Line[],
  { order }: Colours,
  { kind }: Normalisation,
): readonly Pick<Line, 'slope' | 'offset'>[] {
  const isPlain = kind === 'same' && order.every((k, c) => k === c)
  return isPlain ? lines.map(() => ({ slope: 1, offset: 0 })) : lines
}

/** `lines` are null where the deployed picture was made grey in a way that does not say what becomes of bars. */
function compareBars(
  golden: readonly number[] | null,
  bars: readonly number[] | null,
  colours: Colours,
  lines: readonly Pick<Line, 'slope' | 'offset'>[] | null,
) {
  const deployed =
    lines && bars ? lines.map(({ slope, offset }, c) => slope * bars[colours.order[c]!]! + offset) : null
  // In steps of what an 8-bit level is worth, about: a 255th of the range that the golden input has.
  const differ =
    colours.grey !== 'golden' &&
    golden !== null &&
    deployed !== null &&
    golden.some((value, c) => Math.abs(value - deployed[c]!) > 2.5 * colours.levels[c]!)
  return { golden, deployed, differ }
}

function spreadOf(plane: Float32Array, step: number): Spread {
  const mean = meanOf(plane)
  let squares = 0
  for (let i = 0; i < plane.length; i++) squares += (plane[i]! - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / plane.length), step }
}

function isRawPixels(planes: Planes): boolean {
  const { min, max } = countValues(planes)
  return min > -0.75 && max < 255.75 && max > 2.5
}
