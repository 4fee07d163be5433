import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause } from '../Cause.js'
import { type Findings, nothing } from '../Findings.js'
import { pixelGrid } from './pixelGrid.js'
import { constantInput, unusableInput } from './unusableInput.js'

/** How many mels, or cepstra, people take. */
const usualMels: ReadonlySet<number> = new Set([
  13, 20, 23, 24, 26, 30, 32, 36, 39, 40, 48, 60, 64, 72, 80, 96, 128,
])

/** Features of sound: a value for each frame and each mel, frame by frame. */
interface Features {
  readonly frames: number
  readonly mels: number
  readonly values: Float32Array
  readonly melsLast: boolean
}

/** Fewer values than this are too few to tell those of sound from those of pixels. */
const fewestValues = 1024

/**
 * Whether a tensor is log-mel features of sound and no picture: [1, frames, mels], [1, mels, frames] or without the 1, as many
 * mels as people take, and values that are not of 8-bit pixels.
 */
export function isSound(golden: Tensor): boolean {
  if (sidesOf(golden) === null || golden.length < fewestValues) return false
  return pixelGrid(Float32Array.from(float32Values(golden))) === null
}

function sidesOf({ shape }: Tensor): Pick<Features, 'frames' | 'mels' | 'melsLast'> | null {
  const sides = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape
  if (sides.length !== 2) return null
  const [first, last] = sides as [number, number]
  if (first === last) return null
  // Of two usual counts the smaller one: an utterance has more frames than mels.
  const melsLast = usualMels.has(last) && (!usualMels.has(first) || last < first)
  if (melsLast) return { frames: first, mels: last, melsLast }
  return usualMels.has(first) ? { frames: last, mels: first, melsLast } : null
}

/** The values of a tensor as features that lie as these do. */
function featuresOf(tensor: Tensor, { frames, mels, melsLast }: Omit<Features, 'values'>): Features {
  const memory = float32Values(tensor)
  const values = Float32Array.from({ length: frames * mels }, (_, i) =>
    melsLast ? memory[i]! : memory[(i % mels) * frames + Math.floor(i / mels)]!,
  )
  return { frames, mels, melsLast, values }
}

/**
 * What two features of one sound say of each other. What scale and offset explain is a cause; what made other features of the
 * sound (windows, hops, filters, rates) has no code: it is told in `missing` as far as it shows, and nothing is accused.
 */
export function diagnoseSound(name: string, golden: Tensor, deployed: Tensor): Findings {
  const unusable = unusableInput('golden', golden) ?? unusableInput('deployed', deployed)
  if (unusable && !(unusable.code === 'INPUT_CONSTANT' && constantInput(golden)))
    return { ...nothing, causes: [unusable] }
  const open = (sentence: string): Findings => ({ ...nothing, missing: [`${name}: ${sentence}`] })
  if (unusable) return open('the golden features have one value only: those of real sound are needed.')
  const sides = sidesOf(golden)!
  const wanted = featuresOf(golden, sides)
  const own = sidesIn(deployed)
  if (own === null || own[0] * own[1] === 0) return open(otherShape(golden, deployed))
  const [first, last] = own
  const isTurned = sides.melsLast
    ? first === sides.mels && last === sides.frames
    : first === sides.frames && last === sides.mels
  if (isTurned) {
    const turned = featuresOf(deployed, { ...sides, melsLast: !sides.melsLast })
    const judged = compare(wanted, turned)
    const exchanged = exchangedCause('PREPROC_TRANSPOSED', sides.melsLast)
    return judged.missing === null
      ? { ...nothing, causes: [exchanged, ...judged.causes] }
      : open(`frames and mels are exchanged in the deployed features, and more differs: ${judged.missing}`)
  }
  const [frames, mels] = sides.melsLast ? [first, last] : [last, first]
  if (mels !== sides.mels && frames === sides.mels)
    return open(
      `frames and mels are exchanged in the deployed features (\`layout\`), and ${otherFrames(sides.frames, mels)}`,
    )
  if (mels !== sides.mels)
    return open(
      `the golden features have ${sides.mels} mels, the deployed ones ${mels}: that is another \`nMels\`.`,
    )
  if (frames !== sides.frames) return open(otherFrames(sides.frames, frames))
  const straight = compare(wanted, featuresOf(deployed, sides))
  if (straight.missing === null) return { ...nothing, causes: straight.causes }
  const read = compare(wanted, featuresOf(deployed, { ...sides, melsLast: !sides.melsLast }))
  if (read.missing === null)
    return { ...nothing, causes: [exchangedCause('LAYOUT_MISREAD', sides.melsLast), ...read.causes] }
  return open(straight.missing)
}

function sidesIn({ shape }: Tensor): readonly [number, number] | null {
  const sides = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape
  return sides.length === 2 ? [sides[0]!, sides[1]!] : null
}

const otherShape = (golden: Tensor, deployed: Tensor): string =>
  `the golden features have the shape [${golden.shape.join(', ')}], the deployed ones [${deployed.shape.join(', ')}]: features of the model's own shape could be compared.`

/** Frames that centring or whole frames alone bring or take. */
const mostEdgeFrames = 4

function otherFrames(golden: number, deployed: number): string {
  const counts = `the golden features have ${golden} frames, the deployed ones ${deployed}`
  if (Math.abs(golden - deployed) <= mostEdgeFrames)
    return `${counts}: another rule for the edges (\`edges\`: centred frames or whole ones), or another \`frameLength\`.`
  return `${counts}, ${(deployed / golden).toFixed(3)} as many: another \`hopLength\`, sound of another sample rate, or of another length.`
}

const exchangedCause = (code: 'PREPROC_TRANSPOSED' | 'LAYOUT_MISREAD', melsLast: boolean): Cause => {
  const [wanted, found] = melsLast ? ['frames-mels', 'mels-frames'] : ['mels-frames', 'frames-mels']
  return {
    code,
    confidence: 0.97,
    message: `Frames and mels are exchanged in the deployed features: they lie as ${found}, the golden ones as ${wanted}.`,
    evidence: { writtenAs: found, readAs: wanted },
    fix: { twinfer: `preprocessAudio(sound, { ...record of the original, layout: '${wanted}' })` },
  }
}

/** What causes explain it, or else a sentence of what does not. */
interface Judged {
  readonly causes: readonly Cause[]
  readonly missing: string | null
}

/** The share of the variance that a line may leave where it is all that differs: single precision and floors leave less. */
const explained = 1e-3
/** The same where each mel has an offset of its own: a preemphasis, which is no offset, leaves hundreds of times as much. */
const explainedByMel = 2e-5
/** The same through a logarithm taken here, whose floor is not known. */
const explainedByLog = 5e-3
/** A slope that is less than this from 1, or a shift of less than this of the deviation, is nothing. */
const nearlyNone = 0.01

/** What slopes between logarithms mean: golden = slope * deployed. */
const slopes: readonly (readonly [slope: number, words: string])[] = [
  [Math.LN10, 'the golden features are natural logarithms, the deployed ones logarithms to the base of 10'],
  [
    1 / Math.LN10,
    'the golden features are logarithms to the base of 10, the deployed ones natural logarithms',
  ],
  [Math.LN10 / 10, 'the golden features are natural logarithms, the deployed ones decibels'],
  [10 / Math.LN10, 'the golden features are decibels, the deployed ones natural logarithms'],
  [0.1, 'the golden features are logarithms to the base of 10, the deployed ones decibels'],
  [10, 'the golden features are decibels, the deployed ones logarithms to the base of 10'],
]

/** What samples of 16 bits for those from -1 to 1 add to a logarithm: of magnitudes, and twice that of powers. */
const sixteenBits = [Math.log(32768), Math.log10(32768), 20 * Math.log10(32768)].flatMap((value) => [
  value,
  2 * value,
])

/** Fewer frames show nothing. */
const fewestFrames = 16

/** Compares what the deployed features hold: frames of one value at their end are padding. */
function compare(golden: Features, deployed: Features): Judged {
  const kept = soundingFrames(deployed)
  if (kept < fewestFrames || kept >= soundingFrames(golden)) return compareAll(golden, deployed)
  const { causes, missing } = compareAll(firstFrames(golden, kept), firstFrames(deployed, kept))
  if (missing === null && causes.length > 0) return { causes, missing }
  const padding = `the last ${deployed.frames - kept} of ${deployed.frames} deployed frames are padding, where the golden features go on`
  return { causes: [], missing: missing === null ? `${padding}.` : `${padding}; before, ${missing}` }
}

function soundingFrames({ frames, mels, values }: Features): number {
  const isPadding = (frame: number) =>
    values.subarray(frame * mels, (frame + 1) * mels).every((value, _, all) => value === all[0])
  let kept = frames
  while (kept > 0 && isPadding(kept - 1)) kept--
  return kept
}

const firstFrames = (features: Features, frames: number): Features => ({
  ...features,
  frames,
  values: features.values.subarray(0, frames * features.mels),
})

function compareAll(golden: Features, deployed: Features): Judged {
  const plain = fitOf(golden, deployed, false)
  if (plain.error < explained) {
    const causes = lineCauses(plain)
    // Where nothing is wrong with the louder half, the quieter one has to agree as well.
    const isWhole = causes.length > 0 || fitOf(golden, deployed, false, 0).error < explained
    return { causes, missing: isWhole ? null : whatDiffers(golden, deployed) }
  }
  const byMel = fitOf(golden, deployed, true)
  if (byMel.error < explainedByMel) return { causes: [melCause(golden, deployed, byMel)], missing: null }
  return { causes: [], missing: whatDiffers(golden, deployed) }
}

interface Fit {
  readonly slope: number
  /** One, or one a mel. */
  readonly offsets: readonly number[]
  /** How far the two lie apart in the mean, in deviations of the golden values. */
  readonly shift: number
  /** Of the variance of the louder half, within each mel where each has its offset. */
  readonly error: number
}

/** golden = slope * deployed + offset on the louder half of the golden values, or on those from another share on: the floor of a logarithm bends the rest. */
function fitOf({ mels, values }: Features, { values: others }: Features, byMel: boolean, from = 0.5): Fit {
  const sorted = values.slice().sort()
  const least = sorted[Math.floor(sorted.length * from)]!
  const groups = byMel ? mels : 1
  const sums = Array.from({ length: groups }, () => ({ n: 0, g: 0, d: 0 }))
  values.forEach((value, i) => {
    if (value < least) return
    const sum = sums[i % groups]!
    sum.n++
    sum.g += value
    sum.d += others[i]!
  })
  let [gg, dd, gd] = [0, 0, 0]
  values.forEach((value, i) => {
    if (value < least) return
    const { n, g, d } = sums[i % groups]!
    const [one, other] = [value - g / n, others[i]! - d / n]
    gg += one * one
    dd += other * other
    gd += one * other
  })
  const slope = dd > 0 ? gd / dd : 0
  const apart = sums.reduce((sum, { g, d }) => sum + g - d, 0)
  const count = sums.reduce((sum, { n }) => sum + n, 0)
  return {
    slope,
    shift: gg > 0 ? apart / Math.sqrt(gg * count) : 0,
    offsets: sums.map(({ n, g, d }) => (n > 0 ? (g - slope * d) / n : 0)),
    error: gg > 0 && dd > 0 ? Math.max(0, 1 - (gd * gd) / (gg * dd)) : 1,
  }
}

const isNear = (value: number, wanted: number): boolean => Math.abs(value / wanted - 1) < 0.01

function lineCauses({ slope, offsets, shift, error }: Fit): Cause[] {
  const offset = offsets[0]!
  if (Math.abs(slope - 1) < nearlyNone && Math.abs(shift) < nearlyNone) return []
  const evidence = { slope: [slope], offset: [offset], unexplained: error }
  const words = slopes.find(([usual]) => isNear(slope, usual))?.[1]
  if (words) return [meanStd(`${capital(words)}.`, { ...evidence, sound: true }, 'log')]
  const isSixteen = Math.abs(slope - 1) < 0.02 && sixteenBits.some((bits) => isNear(Math.abs(offset), bits))
  if (isSixteen) {
    const [golden, own] = offset < 0 ? ['-1 to 1', '16 bits'] : ['16 bits', '-1 to 1']
    return [
      {
        code: 'PREPROC_RANGE',
        confidence: 0.97,
        message: `The samples are in another range: the golden features are of samples of ${golden}, the deployed ones of ${own}.`,
        evidence: { ...evidence, sound: true },
        fix: {
          twinfer: 'preprocessAudio(sound, { ...record of the original, sampleScale: 1 or 32768 as there })',
        },
      },
    ]
  }
  return [
    meanStd(
      'Scale or offset differ: golden = slope * deployed + offset, with the numbers in the evidence. Of logarithms an offset is another volume, and a slope of 2 or 0.5 powers for magnitudes.',
      { ...evidence, sound: true },
      'mean, std, power, sampleScale',
    ),
  ]
}

const capital = (words: string): string => `${words[0]!.toUpperCase()}${words.slice(1)}`

function meanStd(message: string, evidence: Cause['evidence'], fields: string): Cause {
  return {
    code: 'PREPROC_MEAN_STD',
    confidence: 0.95,
    message,
    evidence,
    fix: {
      twinfer: `preprocessAudio(sound, record of the original); what differs is in its fields ${fields}`,
    },
  }
}

/** Each mel off by a constant of its own: means over the utterance, or over a training set. */
function melCause(golden: Features, deployed: Features, { slope, offsets, error }: Fit): Cause {
  const [ours, theirs] = [golden, deployed].map(isCentred)
  const words =
    ours && !theirs
      ? 'The mean of each mel over the utterance is taken from the golden features, and not from the deployed ones.'
      : theirs && !ours
        ? 'The mean of each mel over the utterance is taken from the deployed features, and not from the golden ones.'
        : 'Each mel lies off by a constant of its own: another mean for each mel, or filters of other areas (`melNorm`).'
  const evidence = { slope: [slope], offset: offsets, unexplained: error, sound: true }
  return meanStd(words, evidence, ours === theirs ? 'mean, melNorm' : 'subtractMean')
}

/** Whether the means of all mels are nothing beside how far values spread. */
function isCentred({ mels, frames, values }: Features): boolean {
  const means = new Float64Array(mels)
  values.forEach((value, i) => {
    means[i % mels]! += value / frames
  })
  const squares = values.reduce((sum, value, i) => sum + (value - means[i % mels]!) ** 2, 0) / values.length
  return means.every((mean) => mean * mean < 1e-4 * squares)
}

/** What can be said of features that no scale and offset bring together. */
function whatDiffers(golden: Features, deployed: Features): string {
  const log = ({ values, ...sides }: Features): Features => ({
    ...sides,
    values: values.map((value) => Math.log(Math.max(value, 1e-10))),
  })
  const { error } = fitOf(golden, deployed, true)
  // Of values within a narrow range a logarithm is nearly a line: it has to explain far more than one.
  const isByLog = (fit: Fit) => fit.error < Math.min(explainedByLog, error / 20)
  const isPower = ({ values }: Features) => values.every((value) => value >= 0)
  if (isPower(deployed) && isByLog(fitOf(golden, log(deployed), true)))
    return 'the deployed features are the golden ones without their logarithm (`log`).'
  if (isPower(golden) && isByLog(fitOf(log(golden), deployed, true)))
    return 'the deployed features are the logarithm of the golden ones, which have none (`log`).'
  const pace = paceOf(golden, deployed)
  if (pace !== null)
    return `the deployed frames follow each other ${pace.toFixed(2)} times as fast as the golden ones: another \`hopLength\`, or sound of another sample rate.`
  const stages =
    '`twinfer preprocess SOUND.wav --sidecar RECORD --dump-stages DIR` shows each stage of a record.'
  const alike = Math.sqrt(Math.max(0, 1 - error))
  if (alike > 0.85)
    return `the features are of one sound (correlation ${alike.toFixed(2)}), and no scale or offset brings them together: another window, frame, preemphasis or kind of mel filter. ${stages}`
  const together = correlation(loudness(golden), loudness(deployed))
  return together > samePace.least
    ? `the features are of one sound, by the loudness of their frames (correlation ${together.toFixed(2)}), but their mels are of other frequencies (\`fMin\`, \`fMax\`, \`melScale\`), or of other frames. ${stages}`
    : 'the two features have nothing in common: they may be of different sounds.'
}

/** How alike the loudness of frames has to be, and how much more than at the same pace. */
const samePace = { least: 0.9, more: 0.1 }

/** How much faster deployed frames follow each other than golden ones, by their loudness; null where they keep pace, or nothing shows. */
function paceOf(golden: Features, deployed: Features): number | null {
  const [ours, theirs] = [golden, deployed].map(loudness) as [Float64Array, Float64Array]
  const at = (pace: number): number => {
    const count = Math.floor(Math.min(ours.length, theirs.length * pace))
    if (count < fewestFrames) return 0
    const other = Array.from({ length: count }, (_, i) => {
      const place = Math.min(theirs.length - 1, i / pace)
      const below = Math.floor(place)
      const above = Math.min(theirs.length - 1, below + 1)
      return theirs[below]! + (place - below) * (theirs[above]! - theirs[below]!)
    })
    return correlation(ours.subarray(0, count), other)
  }
  let [best, pace] = [0, 1]
  for (let tried = 0.15; tried < 7; tried *= 1.005) {
    const alike = at(tried)
    if (alike > best) [best, pace] = [alike, tried]
  }
  const isOther = Math.abs(pace - 1) > 0.02 && best > samePace.least && best > at(1) + samePace.more
  return isOther ? pace : null
}

function loudness({ frames, mels, values }: Features): Float64Array {
  const means = new Float64Array(frames)
  values.forEach((value, i) => {
    means[Math.floor(i / mels)]! += value / mels
  })
  return means
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    sa += a[i]!
    sb += b[i]!
    aa += a[i]! ** 2
    bb += b[i]! ** 2
    ab += a[i]! * b[i]!
  }
  const n = a.length
  const product = (aa - (sa * sa) / n) * (bb - (sb * sb) / n)
  return product > 0 ? (ab - (sa * sb) / n) / Math.sqrt(product) : 0
}
