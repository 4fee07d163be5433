import { judge, type Verdict } from '../../compare/judge/judge.js'
import { type JudgeContext, type JudgedPrecision, passRules } from '../../compare/judge/passRules.js'
import { compareTensors } from '../../compare/measure/compareTensors.js'
import type { OutputComparison } from '../../compare/measure/OutputComparison.js'
import { downToTenths, formatDb } from '../../format/numbers.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Cause } from '../Cause.js'
import { stepOf } from '../readings.js'
import type { OutputPair } from './OutputSamples.js'
import { fixForPrecision } from './outputFixes.js'

/** A pair of tensors of one shape, measured. */
export interface Measured {
  readonly pair: OutputPair
  readonly comparison: OutputComparison
}

export type Grid = 'fp16' | 'bf16' | 'int8'

/** Kernels that only add in another order differ by 90 dB and more: what is below was rounded. */
const roundedDb = 90
/** Values of which so many lie on a grid were stored in that precision … */
const gridShare = 0.99
/** … where there are enough of them, and the reference's do not lie there as well. */
const leastJudged = 16
const referenceShare = 0.5
/** Quantised amplitudes are not off by more. */
const mostGain = 2
/** A share of positions with another best class that users see. */
const visibleFlips = 0.02

export function measurePairs(pairs: readonly OutputPair[]): readonly Measured[] {
  return pairs.map((pair) => {
    const { reference, candidate, name } = pair
    return { pair, comparison: compareTensors(reference, candidate, { name }) }
  })
}

/** What agreement there is; null where the outputs differ by more than any precision in question explains. */
export function findAgreement(
  measured: readonly Measured[],
  precision: JudgedPrecision | null,
  context: JudgeContext,
): readonly Cause[] | null {
  const asFp32 = verdictsAs('fp32', measured, context)
  const ran = precision ?? 'fp32'
  if (allPass(asFp32)) {
    const isRounded = ran !== 'fp32' && worstOf(measured) < roundedDb
    return isRounded && allPass(verdictsAs(ran, measured, context))
      ? expected(ran, measured, context, null)
      : flipsOr(measured, asFp32, [noCause(measured, asFp32)])
  }
  const grid = gridOf(measured)
  if (ran !== 'fp32' && allPass(verdictsAs(ran, measured, context))) {
    return expected(ran, measured, context, grid)
  }
  if (grid && allPass(verdictsAs(grid, measured, context))) return expected(grid, measured, context, grid)
  return null
}

/** Where nothing is known of what ran: the highest precision that explains the difference, by its size alone. */
export function findLikelyPrecision(
  measured: readonly Measured[],
  context: JudgeContext,
): readonly Cause[] | null {
  for (const precision of ['fp16-weights', 'bf16'] as const) {
    if (allPass(verdictsAs(precision, measured, context))) {
      return expected(precision, measured, context, null).map((cause) => ({
        ...cause,
        confidence: 0.5,
        message: `${cause.message} What ran is not known: its precision would confirm it.`,
      }))
    }
  }
  return null
}

export function verdictsAs(
  precision: JudgedPrecision,
  measured: readonly Measured[],
  context: JudgeContext,
): readonly Verdict[] {
  return measured.map(({ comparison }) => judge(comparison, precision, context))
}

function allPass(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ pass }) => pass)
}

/** Whether a rule that looks at directions only was met by values of another size. */
export function isOffInSize(measured: readonly Measured[], precision: JudgedPrecision | null): boolean {
  const rule = passRules[precision ?? 'fp32']
  return !rule.isFloorBinding && worstOf(measured) < rule.floorDb
}

/** Whether an output as a whole is smaller or larger by a factor that no quantisation makes of it. */
export function isOffInScale(measured: readonly Measured[]): boolean {
  return measured.some(({ pair }) => {
    const [a, b] = [float32Values(pair.reference), float32Values(pair.candidate)]
    let [product, power] = [0, 0]
    for (let i = 0; i < a.length; i++) {
      product += a[i]! * b[i]!
      power += a[i]! * a[i]!
    }
    return Math.abs(product) > mostGain * power || Math.abs(product) * mostGain < power
  })
}

/** The least SQNR of all samples; of labels there is none. */
export function worstOf(measured: readonly Measured[]): number {
  return Math.min(...measured.map(({ comparison }) => comparison.sqnrDb ?? Number.POSITIVE_INFINITY))
}

/** The grid that all samples' values lie on while the reference's do not. */
export function gridOf(measured: readonly Measured[]): Grid | null {
  const on = (grid: 'fp16' | 'bf16') =>
    measured.every(
      ({ comparison: { candidateGrid, referenceGrid } }) =>
        candidateGrid.judged >= leastJudged &&
        candidateGrid[grid] > gridShare &&
        referenceGrid[grid] < referenceShare,
    )
  // Most values of bf16's grid lie on fp16's too.
  if (on('bf16')) return 'bf16'
  if (on('fp16')) return 'fp16'
  const isLevelled = measured.every(
    ({ pair }) =>
      stepOf(float32Values(pair.candidate)) !== null && stepOf(float32Values(pair.reference)) === null,
  )
  return isLevelled ? 'int8' : null
}

function noCause(measured: readonly Measured[], verdicts: readonly Verdict[]): Cause {
  const labels = measured[0]!.comparison.labels
  const worst = worstOf(measured)
  return {
    code: 'NONE',
    confidence: 0.99,
    message: labels
      ? `All ${labels.count} labels of '${measured[0]!.pair.name}' agree.`
      : `'${measured[0]!.pair.name}' agrees with the reference to ${formatDb(worst)}, and ${formatDb(verdicts[0]!.floorDb)} are needed.`,
    evidence: { ...numbersOf(measured, verdicts), judgedAs: 'fp32' },
    fix: null,
  }
}

function expected(
  precision: JudgedPrecision,
  measured: readonly Measured[],
  context: JudgeContext,
  grid: Grid | null,
): readonly Cause[] {
  const verdicts = verdictsAs(precision, measured, context)
  const { name } = measured[0]!.pair
  const seen = grid ? `, and its values lie on the grid of ${grid}` : ''
  const cause: Cause = {
    code: 'PRECISION_EXPECTED',
    confidence: grid === null || grid === precision || precision.startsWith(grid) ? 0.95 : 0.9,
    message: `'${name}' differs by no more than ${precision} explains: ${verdicts[0]!.reason}${seen}.`,
    evidence: {
      precision,
      ...numbersOf(measured, verdicts),
      ...gridEvidence(measured, grid),
    },
    fix: fixForPrecision(precision),
  }
  return flipsOr(measured, verdicts, [cause])
}

function gridEvidence(measured: readonly Measured[], grid: Grid | null): Readonly<Record<string, unknown>> {
  const { candidateGrid } = measured[0]!.comparison
  const shares = { fp16GridShare: candidateGrid.fp16, bf16GridShare: candidateGrid.bf16 }
  return { ...(candidateGrid.judged > 0 && shares), ...(grid && { grid }) }
}

function numbersOf(
  measured: readonly Measured[],
  verdicts: readonly Verdict[],
): Readonly<Record<string, unknown>> {
  const worst = worstOf(measured)
  const { cosine, maxAbs } = measured[0]!.comparison
  const { flips, positions } = flipsOf(measured)
  return {
    output: measured[0]!.pair.name,
    samples: measured.length,
    ...(Number.isFinite(worst) && { sqnrDb: downToTenths(worst), cosine, maxAbs }),
    floorDb: downToTenths(Math.max(...verdicts.map(({ floorDb }) => floorDb))),
    ...(positions > 0 && { argmaxFlips: flips, argmaxCount: positions }),
  }
}

/** Positions with another best class, or another label. */
export function flipsOf(measured: readonly Measured[]): {
  flips: number
  positions: number
  areLabels: boolean
} {
  let [flips, positions, areLabels] = [0, 0, false]
  for (const { comparison } of measured) {
    flips += comparison.labels?.differing ?? comparison.argmaxFlips
    positions += comparison.labels?.count ?? comparison.argmaxCount
    areLabels ||= comparison.labels !== undefined
  }
  return { flips, positions, areLabels }
}

/**
 * Where best classes differ and nothing else is wrong: ties are named; first, where they are what a user sees. Labels
 * have nothing else, and their scores are not known.
 */
function flipsOr(
  measured: readonly Measured[],
  verdicts: readonly Verdict[],
  causes: readonly Cause[],
): readonly Cause[] {
  const { flips, positions, areLabels } = flipsOf(measured)
  if (flips === 0) return causes
  const { name } = measured[0]!.pair
  const ties: Cause = {
    code: 'ARGMAX_TIES',
    confidence: areLabels ? 0.8 : 0.95,
    message: areLabels
      ? `${flips} of ${positions} labels of '${name}' differ, no more than ties between the best two scores explain.`
      : `The best class of '${name}' differs at ${flips} of ${positions} positions, and at each of them the best two lie closer together than the error.`,
    evidence: { ...numbersOf(measured, verdicts), ...marginEvidence(measured) },
    fix: null,
  }
  const others = causes.filter(({ code }) => code !== 'NONE')
  if (areLabels) return [ties]
  return flips >= visibleFlips * positions ? [ties, ...others] : [...others, ties]
}

/** The largest margin that fell the other way beside the error that explains it. */
function marginEvidence(measured: readonly Measured[]): Readonly<Record<string, unknown>> {
  const scores = measured.filter(({ comparison }) => comparison.labels === undefined)
  if (scores.length === 0) return {}
  return {
    explainedFlips: scores.reduce((sum, { comparison }) => sum + comparison.explainedFlips, 0),
    rmse: Math.max(...scores.map(({ comparison }) => comparison.rmse)),
    largestErrorAbs: Math.max(...scores.map(({ comparison }) => comparison.maxAbs)),
  }
}
