import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'
import type { OutputComparison } from './OutputComparison.js'
import type { PassRule } from './PassRule.js'
import { type JudgedPrecision, passRules } from './passRules.js'
import type { Verdict } from './Verdict.js'

/**
 * Whether an output is as good as the precision that computed it allows; passRules says where the numbers
 * come from. Works on stored comparisons too. At every precision fails: a NaN or Infinity on one side only, an
 * unexplained argmax flip, nothing to compare.
 *
 * @param precision the one that really ran (`model.effective.precision`). A request such as 'default' cannot
 *   be judged: throws TWINFER_INVALID_ARGUMENT.
 */
export function judge(comparison: OutputComparison, precision: JudgedPrecision): Verdict {
  const rule = requireRule(precision)
  const low = lowReason(comparison, precision, rule)
  const fault = faultOf(comparison, precision, rule)
  return {
    pass: low === undefined && fault === undefined,
    reason: low ?? fault ?? passReason(comparison, precision, rule),
    floorDb: rule.floorDb,
    wouldPassAtDb: fault === undefined && comparison.sqnrDb !== null ? roundDown(comparison.sqnrDb, 1) : null,
  }
}

/** Said where the SQNR is below the floor, and a small largest error does not make up for it. */
function lowReason(comparison: OutputComparison, precision: string, rule: PassRule): string | undefined {
  const { sqnrDb, maxAbs } = comparison
  if (sqnrDb === null || !rule.isFloorBinding || sqnrDb >= rule.floorDb) return undefined
  if (maxAbs <= allowedError(comparison, rule)) return undefined
  return `SQNR ${db(sqnrDb)} is below the ${db(rule.floorDb)} of ${precision}`
}

/** What no lower floor would excuse. */
function faultOf(comparison: OutputComparison, precision: string, rule: PassRule): string | undefined {
  const { sqnrDb, cosine, argmaxCount, argmaxFlips, explainedFlips } = comparison
  if (sqnrDb === null || cosine === null) return incomparableReason(comparison)
  const unexplained = argmaxFlips - explainedFlips
  if (unexplained > 0)
    return `${unexplained} of ${argmaxCount} best classes differ by more than the error explains`
  if (cosine < (rule.leastCosine ?? -1)) {
    return `cosine ${roundDown(cosine, 6)} is below the ${rule.leastCosine} of ${precision}`
  }
  if (argmaxCount > 0 && 1 - argmaxFlips / argmaxCount < (rule.leastTop1Share ?? 0)) {
    return `the best class differs at ${argmaxFlips} of ${argmaxCount} positions`
  }
  return undefined
}

function incomparableReason(comparison: OutputComparison): string {
  const { elements, nan, inf, referenceNan, referenceInf } = comparison
  if (elements === 0) return 'nothing to compare: the output has no elements'
  if (nan + inf + referenceNan + referenceInf === 0) return 'values beyond 1e154 cannot be compared'
  const counts = `candidate ${nan} NaN and ${inf} Inf, reference ${referenceNan} NaN and ${referenceInf} Inf`
  return `NaN or Infinity that the other side has not, or nothing else: ${counts} of ${elements}`
}

function passReason(comparison: OutputComparison, precision: string, rule: PassRule): string {
  const { sqnrDb, cosine, maxAbs, argmaxCount } = comparison
  if (!rule.isFloorBinding) {
    const classes = argmaxCount > 0 ? ', and the best class agrees' : ''
    return `cosine ${roundDown(cosine!, 6)}, ${precision} needs ${rule.leastCosine}${classes}`
  }
  if (sqnrDb! >= rule.floorDb) return `SQNR ${db(sqnrDb!)}, ${precision} needs ${db(rule.floorDb)}`
  const allowed = allowedError(comparison, rule).toExponential(2)
  return `largest error ${maxAbs.toExponential(2)}, ${precision} allows ${allowed} even at an SQNR of ${db(sqnrDb!)}`
}

function allowedError({ referenceMaxAbs }: OutputComparison, { orMaxAbsShare }: PassRule): number {
  return orMaxAbsShare === undefined ? -1 : orMaxAbsShare * referenceMaxAbs
}

function requireRule(precision: JudgedPrecision): PassRule {
  if (Object.hasOwn(passRules, precision)) return passRules[precision]
  const known = Object.keys(passRules).join(', ')
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `precision: expected one of ${known}, received ${describeValue(precision)}`,
    {
      help: 'Give the precision that really ran, model.effective.precision, not the one asked for.',
    },
  )
}

/** Down, lest 79.96 is said to be 80.0 and below 80. */
function roundDown(value: number, digits: number): number {
  return Math.floor(value * 10 ** digits) / 10 ** digits
}

function db(value: number): string {
  return `${roundDown(value, 1).toFixed(1)} dB`
}
