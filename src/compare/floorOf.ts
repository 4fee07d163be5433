import { answering } from '../errors/answering.js'
import type { JudgeContext } from './JudgeContext.js'
import { integerDb, type JudgedPrecision, passRules } from './passRules.js'

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
