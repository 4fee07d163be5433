import { answering } from '../../errors/answering.js'
import { requireOptions } from '../../errors/requireOptions.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { IDENTICAL_DB } from '../../format/numbers.js'
import { allowedFlips, type LabelComparison, lostLabel } from '../measure/labels.js'
import { roundDown, roundUp } from '../measure/Measurement.js'
import type { OutputComparison } from '../measure/OutputComparison.js'
import type { Tolerance } from './parseTolerances.js'
import { describeParts, type FailedParts, failedParts, partRules } from './partRules.js'
import {
  contextNames,
  cosineAt,
  floorOf,
  type JudgeContext,
  type JudgedPrecision,
  type PassRule,
  passRules,
} from './passRules.js'

export interface Verdict {
  readonly pass: boolean
  /** Neither pass nor fail can be said: the candidate differs from itself by as much as from the reference. */
  readonly inconclusive?: true
  /** One line with the number that decided and what it was held against. */
  readonly reason: string
  /** Where parts of the output are worse than the precision allows, whatever the whole is. */
  readonly parts?: FailedParts
  /** What it was judged as. */
  readonly precision: JudgedPrecision
  /** The SQNR that it is held to. */
  readonly floorDb: number
  /** The highest floor, in steps of 0.1 dB, at which this output passes; null where it would at none. */
  readonly wouldPassAtDb: number | null
  /** The tolerance that would let it pass; null where none would. */
  readonly wouldPass: Tolerance | null
}

/** What sums of values about 1 leave in float32 where they should be 0. */
const roundingOfOne = 1e-6

/** How near to its own noise an SQNR is no more than noise, in dB. */
const noiseMarginDb = 6

/**
 * Whether an output is as good as the precision that computed it allows; `passRules` and `floorOf` say where the
 * numbers come from. Works on stored comparisons too. Whatever the precision or the tolerance, these fail: a NaN
 * or Infinity on one side only, nothing finite to compare, and an argmax flip that the error does not explain (unless
 * the tolerance says how many classes may differ).
 *
 * @param precision the one that really ran (`model.effective.precision`), or what `judgedPrecision` makes of it
 *   and the file. A request such as 'default' cannot be judged: throws TWINFER_INVALID_ARGUMENT.
 */
export const judge = answering(
  'judge',
  function judge(
    comparison: OutputComparison,
    precision: JudgedPrecision,
    context: JudgeContext = {},
  ): Verdict {
    requirePrecision(precision)
    requireOptions(context, contextNames)
    const rule = ruleFor(precision, context)
    const by = context.tolerance ? 'the tolerance' : precision
    // A tolerance says what is good enough, whatever a precision would make of the parts.
    const parts = context.tolerance ? undefined : failedParts(comparison, partRules[precision])
    const fault = faultOf(comparison, by, rule) ?? (parts?.isScaled ? partsReason(parts, by) : undefined)
    const low =
      lowReason(comparison, by, rule) ??
      (fault === undefined && parts && !parts.isScaled ? partsReason(parts, by) : undefined)
    const noise =
      fault === undefined &&
      low !== undefined &&
      (silentReason(comparison) ?? noiseReason(comparison, rule, context))
    return {
      pass: low === undefined && fault === undefined,
      ...(noise && { inconclusive: true }),
      reason: noise ? `${low}; ${noise}` : (low ?? fault ?? passReason(comparison, by, rule)),
      precision,
      floorDb: rule.floorDb,
      wouldPassAtDb:
        fault === undefined && comparison.sqnrDb !== null ? roundDown(comparison.sqnrDb, 1) : null,
      wouldPass: wouldPass(comparison),
      ...(parts && { parts }),
    }
  },
)

/** Said where the SQNR is below the floor, and a small largest error does not make up for it. */
function lowReason(comparison: OutputComparison, by: string, rule: PassRule): string | undefined {
  const { sqnrDb, maxAbs } = comparison
  if (sqnrDb === null || !rule.isFloorBinding || sqnrDb >= rule.floorDb) return undefined
  if (maxAbs <= allowedError(comparison, rule)) return undefined
  if (comparison.referenceMaxAbs === 0)
    return `the candidate reaches ${maxAbs.toExponential(1)} where the reference is zero throughout`
  return `SQNR ${db(sqnrDb)} is below the ${db(rule.floorDb)} of ${by}`
}

/** The part to look at, as there may be many. */
function partsReason(parts: FailedParts, by: string): string {
  return `${describeParts(parts)}: SQNR ${db(parts.worst.sqnrDb)} there, too little for ${by}`
}

/** Said where the reference gives no scale: what is rounding of values about 1 is no answer that is wrong. */
function silentReason({ referenceMaxAbs, maxAbs }: OutputComparison): string | undefined {
  if (referenceMaxAbs > 0 || maxAbs > roundingOfOne) return undefined
  return 'that may be rounding, so nothing can be said: give an input that the network answers to'
}

/** Said where a low SQNR may be nothing but the candidate's own noise. */
function noiseReason(
  { sqnrDb }: OutputComparison,
  { floorDb }: PassRule,
  { noiseFloorDb }: JudgeContext,
): string | undefined {
  if (noiseFloorDb === undefined || noiseFloorDb >= floorDb) return undefined
  if (sqnrDb! < noiseFloorDb - noiseMarginDb) return undefined
  return `two runs of the candidate differ as much, ${db(noiseFloorDb)}, so nothing can be said`
}

/** What no lower floor would excuse. */
function faultOf(comparison: OutputComparison, by: string, rule: PassRule): string | undefined {
  const { sqnrDb, cosine, maxAbs, maxRel, argmaxCount, argmaxFlips, explainedFlips } = comparison
  if (comparison.elements === 0) return undefined
  if (comparison.labels) return labelsFault(comparison.labels, by, rule)
  if (sqnrDb === null || cosine === null) return incomparableReason(comparison)
  const unexplained = argmaxFlips - explainedFlips
  if (unexplained > 0 && !rule.allowsUnexplainedFlips)
    return `${unexplained} of ${argmaxCount} best classes differ by more than the error explains`
  if (cosine < (rule.leastCosine ?? -1)) {
    return `cosine ${roundDown(cosine, 6)} is below the ${rule.leastCosine} of ${by}`
  }
  if (maxAbs > (rule.mostAbs ?? Number.POSITIVE_INFINITY)) {
    return `largest error ${maxAbs.toExponential(2)} is above the ${rule.mostAbs} of ${by}`
  }
  if (maxRel > (rule.mostRel ?? Number.POSITIVE_INFINITY)) {
    return `largest relative error ${maxRel.toExponential(2)} is above the ${rule.mostRel} of ${by}`
  }
  if (argmaxCount > 0 && 1 - argmaxFlips / argmaxCount < (rule.leastTop1Share ?? 0)) {
    return `the best class differs at ${argmaxFlips} of ${argmaxCount} positions`
  }
  return undefined
}

function labelsFault(
  labels: LabelComparison,
  by: string,
  { floorDb, leastTop1Share, mostLabelFlips }: PassRule,
): string | undefined {
  const { count, differing, shift } = labels
  const allowed =
    leastTop1Share === undefined
      ? allowedFlips(count, floorDb, mostLabelFlips)
      : Math.floor(count * (1 - leastTop1Share) + 1e-9)
  if (differing > allowed) {
    const all = shift === null ? '' : `: every one is off by ${shift}`
    return `${differing} of ${count} labels differ${all}; ties explain ${allowed} in ${by}`
  }
  const lost = leastTop1Share === undefined ? lostLabel(labels, floorDb, mostLabelFlips) : undefined
  if (!lost) return undefined
  const { change, allowed: ties } = lost
  return `${change.differing} of the ${change.count} labels ${change.label} differ; ties explain ${ties} in ${by}`
}

function incomparableReason(comparison: OutputComparison): string {
  const { elements, nan, inf, referenceNan, referenceInf } = comparison
  if (nan + inf + referenceNan + referenceInf === 0) return 'values beyond 1e154 cannot be compared'
  const counts = `candidate ${nan} NaN and ${inf} Inf, reference ${referenceNan} NaN and ${referenceInf} Inf`
  return `NaN or Infinity that the other side has not, or nothing else: ${counts} of ${elements}`
}

function passReason(comparison: OutputComparison, by: string, rule: PassRule): string {
  const { sqnrDb, cosine, maxAbs, elements, labels } = comparison
  if (elements === 0) return 'both outputs are empty'
  if (labels) {
    const ties = labels.differing === 0 ? '' : `, no more than ties explain in ${by}`
    return `${labels.differing} of ${labels.count} labels differ${ties}`
  }
  if (!rule.isFloorBinding) {
    return rule.leastCosine === undefined
      ? `within ${by}`
      : `cosine ${roundDown(cosine!, 6)}, ${by} needs ${rule.leastCosine}`
  }
  if (sqnrDb! >= rule.floorDb) return `SQNR ${db(sqnrDb!)}, ${by} needs ${db(rule.floorDb)}`
  const allowed = allowedError(comparison, rule).toExponential(2)
  return `largest error ${maxAbs.toExponential(2)}, ${by} allows ${allowed} even at an SQNR of ${db(sqnrDb!)}`
}

function allowedError({ referenceMaxAbs }: OutputComparison, { orMaxAbsShare }: PassRule): number {
  return orMaxAbsShare === undefined ? -1 : orMaxAbsShare * referenceMaxAbs
}

function requirePrecision(precision: JudgedPrecision): void {
  if (Object.hasOwn(passRules, precision)) return
  const known = Object.keys(passRules).join(', ')
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `precision: expected one of ${known}, received ${describeValue(precision)}`,
    {
      help: 'Give the precision that really ran, model.effective.precision, not the one asked for.',
    },
  )
}

function db(value: number): string {
  return `${roundDown(value, 1).toFixed(1)} dB`
}

/** What an output is held to: a tolerance where there is one, else its precision's rule for such a network. */
function ruleFor(precision: JudgedPrecision, context: JudgeContext): PassRule {
  if (context.tolerance) return toRule(context.tolerance)
  const rule = passRules[precision]
  const floorDb = floorOf(precision, context)
  // int8's own cosine is that of calibrated scales, whatever the depth; those of fewer bits follow the floor.
  if (rule.isFloorBinding || precision === 'int8') return { ...rule, floorDb }
  return { ...rule, floorDb, leastCosine: cosineAt(floorDb) }
}

function toRule({ sqnr, cosine, maxabs, maxrel, top1 }: Tolerance): PassRule {
  return {
    floorDb: sqnr ?? -IDENTICAL_DB,
    isFloorBinding: sqnr !== undefined,
    ...(cosine !== undefined && { leastCosine: cosine }),
    ...(maxabs !== undefined && { mostAbs: maxabs }),
    ...(maxrel !== undefined && { mostRel: maxrel }),
    ...(top1 !== undefined && { leastTop1Share: top1, allowsUnexplainedFlips: true }),
  }
}

/**
 * The strictest tolerance, in round numbers, that this output passes; null where none lets it pass. `top1` is
 * part of it only where a best class or a label differs.
 */
function wouldPass(comparison: OutputComparison): Tolerance | null {
  const { sqnrDb, cosine, maxAbs, argmaxCount, argmaxFlips, labels } = comparison
  if (labels) return { top1: roundDown(1 - labels.differing / labels.count, 4) }
  if (sqnrDb === null || cosine === null) return null
  return {
    sqnr: roundDown(sqnrDb, 1),
    cosine: roundDown(cosine, 6),
    maxabs: roundUp(maxAbs, 3),
    ...(argmaxFlips > 0 && { top1: roundDown(1 - argmaxFlips / argmaxCount, 4) }),
  }
}
