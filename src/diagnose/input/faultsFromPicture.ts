import type { Pixels } from '../../preprocess/Preprocessing.js'
import { planGeometry } from '../../preprocess/planGeometry.js'
import type { Rejected } from '../Cause.js'
import { isGrey } from './colours.js'
import type { TensorDifference } from './comparePlanes.js'
import { type Evidence, type InputFaults, noFaults } from './faults.js'
import { faultsOf } from './faultsOf.js'
import { isFilters, residualOf } from './filterResidual.js'
import { filledBy } from './geometries.js'
import type { Reading } from './memory.js'
import { judgeNormalisation, type Normalisation } from './normalisation.js'
import { from, geometricRecord, type Picture, pictureOf } from './picture.js'
import { type Box, isConstant, type Planes } from './planes.js'
import { errorDb, type Recovery, recover, unexplained } from './recover.js'
import { distance } from './register.js'
import { lookSheared } from './sheared.js'

export interface Traced {
  /** Null where the picture explains not both. */
  readonly faults: InputFaults | null
  readonly missing: readonly string[]
  readonly rejected: readonly Rejected[]
}

/** More than this is left where none of the filters that are known made the input. */
const otherFilter = 0.01

/** More than this is left where the picture was decoded otherwise: then it says less of colours than the inputs do. */
const otherDecoder = 3e-4

/** Traces both inputs back to the picture, and names every difference between the two ways. */
export function faultsFromPicture(
  image: Pixels,
  golden: Planes,
  readings: readonly Reading[],
  difference: TensorDifference,
): Traced {
  const picture = pictureOf(image)
  const nothing = { faults: null, rejected: [] }
  if (isConstant(picture.planes))
    return { ...nothing, missing: ['the picture has one colour only, which explains nothing.'] }
  const original = recover(picture, golden)
  if (original.error > unexplained) {
    const missing = [
      'the golden input was not made from this picture, by any way that is known: the two were compared without it.',
    ]
    return { faults: null, missing, rejected: [notMadeOf('golden', original)] }
  }
  const { reading, recovery: deployed } = recoverDeployed(picture, golden, readings, difference)
  if (deployed.error > unexplained) {
    const missing = difference.isExplained
      ? []
      : ['the deployed input was not made from this picture, by any way that is known.']
    return { faults: null, missing, rejected: [notMadeOf('deployed', deployed)] }
  }
  const faults = compareWays(picture, original, deployed, reading, image, difference)
  // What a grey picture shows of colours is rounding.
  return { faults: isGrey(picture.planes) ? { ...faults, grey: null } : faults, missing: [], rejected: [] }
}

const notMadeOf = (side: string, { error }: Recovery): Rejected => ({
  code: 'PREPROC_CROP',
  message: `The ${side} input was traced back to the picture, in vain.`,
  evidence: { side, unexplained: error },
})

/** In the reading that brought it over the golden input; else as it is, or in the one whose rows look like sheared ones. */
function recoverDeployed(
  picture: Picture,
  golden: Planes,
  readings: readonly Reading[],
  { isExplained, alignment }: TensorDifference,
): { reading: Reading; recovery: Recovery } {
  const whole = (reading: Reading) =>
    reading.onlyChannel === undefined && reading.rows === reading.planes.height
  if (isExplained && whole(alignment.reading)) {
    return { reading: alignment.reading, recovery: recover(picture, alignment.reading.planes) }
  }
  let best = { reading: readings[0]!, recovery: recover(picture, readings[0]!.planes) }
  if (best.recovery.error <= unexplained) return best
  const sheared = readings
    .slice(1)
    .filter(whole)
    .map((reading) => ({ reading, signs: lookSheared(golden, reading.planes) }))
    .filter(({ signs }) => signs !== null)
    .sort((a, b) => a.signs!.rowError - b.signs!.rowError)
  for (const { reading } of sheared.slice(0, 1)) {
    const recovery = recover(picture, reading.planes)
    if (recovery.error < best.recovery.error) best = { reading, recovery }
  }
  return best
}

function compareWays(
  picture: Picture,
  golden: Recovery,
  deployed: Recovery,
  reading: Reading,
  image: Pixels,
  difference: TensorDifference,
): InputFaults {
  const isBytes = reading.code === 'DTYPE_MISREAD' && reading.writtenAs.startsWith('uint8')
  const grey = greyness(golden, deployed)
  const direct = faultsOf(difference, golden.record)
  const viaPicture = Math.max(golden.error, deployed.error)
  const shared: Evidence = {
    golden: { ...golden.record, sqnrDb: errorDb(golden.error), ...presetOf(golden), ...alike(golden) },
    deployed: {
      ...deployed.record,
      sqnrDb: errorDb(deployed.error),
      ...presetOf(deployed),
      ...alike(deployed),
    },
    ...(difference.isExplained ? { unexplained: difference.alignment.error } : {}),
  }
  // One over the other without a rest: what the picture could add are its own errors (another decoder, a profile).
  if (direct && difference.isExplained && difference.alignment.error < 0.1 * viaPicture) {
    return { ...direct, noted: image.orientation, shared: { ...direct.shared, ...shared } }
  }
  const isPictureOff = (viaPicture > otherDecoder && difference.isExplained) || difference.isDecoder
  return {
    ...noFaults,
    certainty: Math.max(0.5, 1 - 2 * Math.max(golden.error, deployed.error)),
    misread:
      reading.code === 'LAYOUT_MISREAD' || reading.code === 'DTYPE_MISREAD'
        ? { code: reading.code, writtenAs: reading.writtenAs, readAs: reading.readAs }
        : null,
    strideSwapped:
      deployed.isSwapped && !golden.isSwapped
        ? { width: image.width, height: image.height, readAs: { width: image.height, height: image.width } }
        : null,
    sizeExchanged: reading.code === 'PREPROC_TRANSPOSED',
    orientation: deployed.isSwapped === golden.isSwapped ? from(deployed.orientation, golden.orientation) : 1,
    noted: image.orientation,
    geometry: compareGeometries(picture, golden, deployed),
    // A filter that is not known cannot be told by its name, only by what it left.
    interpolation:
      compareFilters(golden, deployed) ?? (viaPicture > otherFilter ? (direct?.interpolation ?? null) : null),
    grey,
    order: grey ? null : orderBetween(golden, deployed),
    orderError: { error: difference.colours.error, straightError: difference.colours.straightError },
    normalisation: isBytes
      ? null
      : isPictureOff && direct
        ? direct.normalisation
        : compareNormalisation(golden, deployed),
    shared,
    golden: golden.record,
  }
}

const presetOf = ({ preset }: Recovery): Evidence => (preset ? { preset } : {})

/** What explains the input as well: said, so that nobody takes the first one for the only one. */
function alike({ filters, tiedFits, candidate, part, orientation }: Recovery): Evidence {
  const names = filters.slice(1).map((filter) => {
    const { resampler, interpolation, antialias, rounded } = filter
    return `${resampler} ${interpolation}${antialias === false ? ' without antialias' : ''}${rounded === false ? ' not rounded' : ''}`
  })
  return {
    ...(names.length > 0 ? { tiedFilters: names } : {}),
    ...(tiedFits.length > 0 ? { tiedFits: tiedFits.map(({ record }) => record) } : {}),
    ...(candidate.isRecord ? {} : { offCentre: part }),
    ...(orientation === 1 ? {} : { orientation }),
  }
}

/** Where the deployed picture would lie if it were cut as the golden one was. */
function expectedPart(picture: Picture, golden: Recovery, deployed: Recovery): Box {
  const isSameSource = golden.isSwapped === deployed.isSwapped && golden.orientation === deployed.orientation
  const { size } = deployed.record
  const isSameSize = size.width === golden.record.size.width && size.height === golden.record.size.height
  if (isSameSource && isSameSize) return golden.part
  const raster = picture.raster(deployed.orientation, deployed.isSwapped)
  return filledBy(planGeometry(raster, geometricRecord({ ...golden.record, size }, size)), size)
}

function compareGeometries(picture: Picture, golden: Recovery, deployed: Recovery): InputFaults['geometry'] {
  const { size } = deployed.record
  const raster = picture.raster(deployed.orientation, deployed.isSwapped)
  const [expected, found] = [expectedPart(picture, golden, deployed), deployed.part]
  const stretch = Math.abs(Math.log((expected.width / expected.height) * (found.height / found.width)))
  const away = distance(expected, found, size)
  const evidence: Evidence = {
    goldenPart: golden.part,
    deployedPart: found,
    ratio: Math.sqrt((expected.width * expected.height) / (found.width * found.height)),
  }
  // Turned, the centre of an odd number of pixels is another pixel.
  if (away < (golden.orientation === deployed.orientation ? 0.75 : 1.3))
    return comparePads(golden, deployed, evidence)
  const hasBars = (part: Box) =>
    part.x < -1 ||
    part.y < -1 ||
    part.x + part.width > raster.width + 1 ||
    part.y + part.height > raster.height + 1
  const isStretched = stretch > 0.012 && (stretch * Math.max(size.width, size.height)) / 2 > 1.6
  if (hasBars(expected) || hasBars(found) || isStretched) {
    return {
      code: 'PREPROC_ASPECT',
      evidence,
      words: isStretched
        ? `The picture has another aspect: the original's fit is ${golden.record.fit}, the application's ${deployed.record.fit}.`
        : 'The picture lies differently between bars: letterboxed on one side only, or padded elsewhere.',
    }
  }
  return {
    code: 'PREPROC_CROP',
    evidence,
    words:
      'Another part of the picture is shown, in the same aspect: the parts in the evidence are in pixels of the picture.',
  }
}

function comparePads(golden: Recovery, deployed: Recovery, evidence: Evidence): InputFaults['geometry'] {
  if (!golden.pad || !deployed.pad) return null
  if (golden.record.fit !== 'letterbox' && golden.record.fit !== 'pad') return null
  const differs = golden.pad.some((value, c) => Math.abs(value - deployed.pad![c]!) > 3)
  return differs
    ? {
        code: 'PREPROC_ASPECT',
        evidence: { ...evidence, padValue: { golden: golden.pad, deployed: deployed.pad } },
        words: 'The bars around the picture have another value.',
      }
    : null
}

/** In 8-bit levels. */
const halfLevel = 0.5

/** Whether the deployed filter is another: where the golden one explains clearly less, and what is left lies at edges. */
function compareFilters(golden: Recovery, deployed: Recovery): Evidence | null {
  const withGolden = golden.filters
    .map((filter) => ({ filter, error: deployed.errorWith(filter) }))
    .reduce((a, b) => (b.error < a.error ? b : a))
  if (withGolden.error <= 1.6 * deployed.error + 1e-7) return null
  const [own, other] = [deployed.rendered(deployed.filter), deployed.rendered(withGolden.filter)]
  const same = { slope: 1, offset: 0, error: 0 }
  const residual = residualOf(
    own,
    other,
    own.channels.map(() => same),
    own.channels.map((_, c) => c),
  )
  // The same filter, rounded or not, or rounded after each pass: less than half a level is nobody's other filter.
  if (residual.levels < halfLevel) return null
  // Both are rendered from one picture: where the golden filter is that much worse, nothing else is between them.
  if (withGolden.error <= 4 * deployed.error + 1e-6 && !isFilters(residual, false)) return null
  return {
    goldenFilter: withGolden.filter,
    deployedFilter: deployed.filter,
    residualLevels: residual.levels,
    edgeRatio: residual.edgeRatio,
    errorWithGoldenFilter: withGolden.error,
    errorWithDeployedFilter: deployed.error,
  }
}

function greyness(golden: Recovery, deployed: Recovery): InputFaults['grey'] {
  if (!golden.channels !== !deployed.channels) {
    const [side, one] = deployed.channels ? (['golden', golden] as const) : (['deployed', deployed] as const)
    // Of a picture without colours nothing can be said.
    return one.lumaWeights ? { side, lumaWeights: one.lumaWeights } : null
  }
  return null
}

function orderBetween(golden: Recovery, deployed: Recovery): readonly number[] | null {
  if (!golden.channels || !deployed.channels || golden.channels.length !== deployed.channels.length)
    return null
  const order = golden.channels.map((channel) => deployed.channels!.indexOf(channel))
  return order.some((k, c) => k !== c) && !order.includes(-1) ? order : null
}

type Numbers = Pick<Recovery, 'mean' | 'std'>

/** Before they were called by a preset's: that moves them by more than the rounding that it takes for a difference. */
function asMeasured({ channels, colours, mean, std }: Recovery): Numbers {
  if (!channels) return { mean, std }
  return {
    mean: colours.lines.map(({ slope, offset }) => -offset / slope),
    std: colours.lines.map(({ slope }) => 1 / slope),
  }
}

function compareNormalisation(golden: Recovery, deployed: Recovery): Normalisation {
  const named = compareNumbers(golden, deployed, golden, deployed)
  if (named.kind === 'same') return named
  const measured = compareNumbers(golden, deployed, asMeasured(golden), asMeasured(deployed))
  return measured.kind === 'same' ? measured : named
}

function compareNumbers(golden: Recovery, deployed: Recovery, its: Numbers, own: Numbers): Normalisation {
  const count = Math.min(its.mean.length, own.mean.length)
  const smallest = 0.006 + 6 * (golden.colours.uncertainty + deployed.colours.uncertainty)
  const judge = (places: readonly number[]): Normalisation => {
    const lines = places.map((k, c) => ({
      slope: own.std[k]! / its.std[c]!,
      offset: (own.mean[k]! - its.mean[c]!) / its.std[c]!,
      error: 0,
    }))
    // As if pixels had the mean of most pictures: what counts is how far they move.
    const spreads = places.map((_, c) => ({
      mean: (110 - its.mean[c]!) / its.std[c]!,
      deviation: 55 / Math.abs(its.std[c]!),
      step: 1 / Math.abs(its.std[c]!),
    }))
    const isRaw = own.std.every((std) => Math.abs(std - 1) < 0.01)
    const straight = places.map((_, c) => c)
    const judged = judgeNormalisation(lines, straight, spreads, isRaw, smallest)
    if (judged.kind !== 'other') return judged
    const step = stepOfPixels(its, own, places)
    return step ? { ...judged, kind: 'range', step } : judged
  }
  const straight = Array.from({ length: count }, (_, c) => c)
  const here = judge(straight)
  const order = orderBetween(golden, deployed)
  if (here.kind === 'same' || !order) return here
  // Planes that were exchanged after they were normalised keep their own mean and deviation.
  const there = judge(order)
  return there.kind === 'same' ? there : here
}

/** One step of the pixels before mean and deviation, the same for all channels. */
function stepOfPixels(golden: Numbers, deployed: Numbers, places: readonly number[]): string | null {
  const slopes = places.map((k, c) => golden.std[c]! / deployed.std[k]!)
  const offsets = places.map(
    (k, c) => golden.mean[c]! - (deployed.mean[k]! * golden.std[c]!) / deployed.std[k]!,
  )
  const is = (slope: number, offset: number) =>
    slopes.every((value) => Math.abs(value / slope - 1) < 0.01) &&
    offsets.every((value) => Math.abs(value - offset) < 0.01 * 255 * Math.max(1, slope))
  if (is(255, 0)) return '0…1 became 0…255, before mean and deviation'
  if (is(1 / 255, 0)) return 'divided by 255 once too often, before mean and deviation'
  if (is(2, -255)) return '0…1 became -1…1, before mean and deviation'
  if (is(0.5, 127.5)) return '-1…1 became 0…1, before mean and deviation'
  return null
}
