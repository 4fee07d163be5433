import { answering } from '../../errors/answering.js'
import { type OptionNames, requireOptions } from '../../errors/requireOptions.js'
import type { IntegerStorage, WeightStorage } from '../../file/storages.js'
import { roundDown } from '../measure/Measurement.js'
import type { Tolerance } from './parseTolerances.js'

/** What is known about the network that computed an output. All of it is optional: without, the limits are wider. */
export interface JudgeContext {
  /** Layers with weights on the longest way from an input to an output. */
  readonly depth?: number | undefined
  /** Terms of the longest sum of products: input channels times kernel size. */
  readonly longestDot?: number | undefined
  /** GELUs that the engine computes by another formula than the original's. */
  readonly approximated?: number | undefined
  /** SQNR between two runs of the candidate on the same input, in dB; undefined where it was not measured. */
  readonly noiseFloorDb?: number | undefined
  /** In place of the precision's limits. */
  readonly tolerance?: Tolerance | undefined
}

export const contextNames: OptionNames<JudgeContext> = {
  depth: true,
  longestDot: true,
  approximated: true,
  noiseFloorDb: true,
  tolerance: true,
}

/** What an output must reach. */
export interface PassRule {
  /** Least SQNR in dB. */
  readonly floorDb: number
  /** Whether the floor itself must be reached, or is only what the other numbers amount to. */
  readonly isFloorBinding: boolean
  /** Passes below the floor too where max |error| <= this * max |reference|. */
  readonly orMaxAbsShare?: number
  readonly leastCosine?: number
  readonly mostAbs?: number
  readonly mostRel?: number
  /** Least share of positions whose best class agrees. */
  readonly leastTop1Share?: number
  /** Largest share of labels that ties may turn over, where it is not that of most precisions. */
  readonly mostLabelFlips?: number
  /** Flips that the error does not explain are left to `leastTop1Share`. */
  readonly allowsUnexplainedFlips?: boolean
}

/**
 * The precisions that can be judged: those that can really run, so not 'default', and `fp16-weights`, a file
 * that stores fp16 and runs in fp32: its weights were rounded once, nothing else is.
 */
export type JudgedPrecision =
  | 'fp32'
  | 'fp16'
  | 'fp16-storage'
  | 'fp16-weights'
  | 'bf16'
  | 'int8'
  | 'int7'
  | 'int6'
  | 'int5'
  | 'int4'
  | 'int3'
  | 'int2'

/**
 * The rules for a network of which nothing is known; `floorOf` raises the floor where its depth is. Where the
 * numbers come from (docs/comparing.md lists what this project's models measure):
 *
 * - fp32, 80 dB: rounding once to fp16 limits Gaussian values to 73.7 dB, so what is 6 dB below that and more was
 *   not computed in fp32. Kernels that only add in another order differ by 90 to 132 dB. For outputs whose SQNR
 *   suffers from many small elements, a largest error within 1e-4 of the largest value passes too.
 * - fp16, fp16-storage, fp16-weights, 35 dB: the least of all depths. The cosine of 0.9995 follows from 35 dB
 *   (cosine^2 = 1 / (1 + 10^(-SQNR/10))); it is what still has to hold where a caller accepts a lower floor.
 * - bf16, 30 dB: one rounding gives 55.6 dB, 18 less than fp16; the deepest network measured gives 33.
 * - int8, cosine 0.99: one rounding with a scale from the largest value gives 41 dB,
 *   but calibrated scales saturate on purpose, so amplitudes may be wrong where directions hold. Noise that
 *   is independent of the signal reaches that cosine at 10*log10(0.99^2 / (1 - 0.99^2)) = 16.9 dB, named as
 *   the floor for information only.
 * - int7 to int2, weights of so few bits: rounding to b bits in steps of a channel's largest value / 2^(b-1) leaves
 *   6.02 b - 7.3 dB of Gaussian weights (41 dB for 8, as above). Ten such layers, and 6 dB of slack, are the least,
 *   held to as the cosine that follows from it. Every bit less doubles the noise, and the share of labels that may be
 *   ties: 1 % at 8 bits (nets of 7 and 6 measure less than 2 %), 2 % at 7, 16 % at 4, at most 30 %.
 */
export const passRules: Readonly<Record<JudgedPrecision, PassRule>> = {
  fp32: { floorDb: 80, isFloorBinding: true, orMaxAbsShare: 1e-4 },
  fp16: { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-storage': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  'fp16-weights': { floorDb: 35, isFloorBinding: true, leastCosine: 0.9995 },
  bf16: { floorDb: 30, isFloorBinding: true },
  int8: { floorDb: 16.9, isFloorBinding: false, leastCosine: 0.99 },
  int7: integerRule(7),
  int6: integerRule(6),
  int5: integerRule(5),
  int4: integerRule(4),
  int3: integerRule(3),
  int2: integerRule(2),
}

/** What rounding Gaussian weights once to so many bits leaves, in dB. */
function integerDb(bits: number): number {
  return 6.02 * bits - 7.3
}

/** The cosine at which noise that is independent of the signal leaves so many dB, to four digits. */
export function cosineAt(sqnrDb: number): number {
  return roundDown(1 / Math.sqrt(1 + 10 ** (-sqnrDb / 10)), 4)
}

function integerRule(bits: number): PassRule {
  // Never more than int8 needs.
  const floorDb = Math.min(16.9, integerDb(bits) - 10 - 6)
  const mostLabelFlips = Math.min(0.3, 0.01 * 2 ** (8 - bits))
  return { floorDb, isFloorBinding: false, leastCosine: cosineAt(floorDb), mostLabelFlips }
}

/** Real networks vary by this much round what Gaussian data give. */
const slackDb = 6
/** What Winograd convolutions in fp16 cost: ncnn on ARMv8.2 measures 36.5 dB where the sums alone explain 46. */
const winogradDb = 4
/** SQNR of one GELU by the tanh formula against the one by erf (74 dB for Gaussian input, 72 measured in MNN). */
const approximatedDb = 72

/**
 * The SQNR in dB that a precision is held to, given what is known of the network: what a layer of it reaches,
 * less what its depth L costs, less 6 dB of slack, and never less than the least of `passRules`.
 *
 * Rounding errors of L layers are independent and add up as powers, 10 * log10(L). Of weights alone they are not:
 * MNN's converter cuts fp16 off instead of rounding it, so every layer loses the same share of its amplitude (a
 * mean of 3.5e-4, 69 dB) and the errors add up as amplitudes, 20 * log10(L). What a layer reaches, by simulation
 * with Gaussian data:
 *
 * - fp16-storage 70 dB, bf16 52 dB: inputs, weights and outputs are rounded, sums are fp32;
 * - fp16 62 dB at 64 terms, 52 at 576, 43 at 4608: serial sums in fp16 lose 10 dB for every ten times K terms; less
 *   4 dB, since engines run small convolutions as Winograd's in fp16 too.
 *
 * A GELU that the engine computes by the tanh formula where the original used erf is off by up to 4.7e-4, or
 * 72 dB, at every precision; N of them by 72 - 10 * log10(N). No slack is added, as residual connections only
 * lessen it: four of them on a small transformer measure 77 dB.
 */
export const floorOf = answering(
  'floorOf',
  function floorOf(precision: JudgedPrecision, context: JudgeContext): number {
    requireOptions(context, contextNames)
    const { depth, longestDot, approximated = 0 } = context
    const least = passRules[precision].floorDb
    const expected =
      depth === undefined ? least : layerDb(precision, longestDot) - depthDb(precision, depth) - slackDb
    // Fewer bits are never held to more than int8 is.
    const most = precision.startsWith('int') ? passRules.int8.floorDb : Number.POSITIVE_INFINITY
    const floor = precision === 'fp32' ? least : Math.min(most, Math.max(least, expected))
    return approximated > 0 ? Math.min(floor, approximatedDb - powerDb(approximated)) : floor
  },
)

function layerDb(precision: JudgedPrecision, longestDot = Number.POSITIVE_INFINITY): number {
  switch (precision) {
    case 'fp16':
      return 62 - winogradDb - powerDb(longestDot / 64)
    case 'fp16-storage':
      return 70
    case 'fp16-weights':
      return 69
    case 'bf16':
      return 52
    case 'int7':
    case 'int6':
    case 'int5':
    case 'int4':
    case 'int3':
    case 'int2':
      return integerDb(Number(precision.slice(3)))
    default:
      return Number.NEGATIVE_INFINITY
  }
}

function depthDb(precision: JudgedPrecision, depth: number): number {
  return (precision === 'fp16-weights' ? 2 : 1) * powerDb(depth)
}

/** Of counts, none of which make anything better. */
function powerDb(ratio: number): number {
  return 10 * Math.log10(Math.max(1, ratio))
}

export interface JudgedAs {
  readonly precision: JudgedPrecision
  /** Said where it is not simply the precision that ran. */
  readonly because?: string
}

const stored: Readonly<Partial<Record<WeightStorage, JudgedPrecision>>> = {
  fp16: 'fp16-weights',
  bf16: 'bf16',
  // Some of them fp32. Where others are int8, that is for --judge-as to say.
  mixed: 'fp16-weights',
}

/**
 * What a candidate is judged as: the lower of what ran and how its file stores the weights, since weights that
 * were rounded cannot give better results by running in fp32. Null where no rule is known for what ran.
 */
export const judgedPrecision = answering(
  'judgedPrecision',
  function judgedPrecision(ran: string, storage: WeightStorage, context: JudgeContext = {}): JudgedAs | null {
    requireOptions(context, contextNames)
    if (!Object.hasOwn(passRules, ran)) return null
    const precision = ran as JudgedPrecision
    const weights = storage.startsWith('int') ? (storage as IntegerStorage) : stored[storage]
    if (weights === undefined || floorOf(weights, context) >= floorOf(precision, context))
      return { precision }
    return {
      precision: weights,
      because: `the file stores its weights as ${storage}, so they were rounded before ${ran} ran`,
    }
  },
)

/**
 * What a candidate is judged as beside its reference: a reference that was rounded cannot be met more closely than
 * it was rounded. `because` says so where the reference decides; null where no rule is known for the candidate.
 */
export const lowerOf = answering(
  'lowerOf',
  function lowerOf(reference: JudgedAs | null, candidate: JudgedAs | null): JudgedAs | null {
    if (reference === null || candidate === null) return candidate
    return floorOf(reference.precision, {}) >= floorOf(candidate.precision, {}) ? candidate : reference
  },
)
