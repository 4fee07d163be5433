import { IDENTICAL_DB } from '../format/decibels.js'
import { floorOf } from './floorOf.js'
import type { JudgeContext } from './JudgeContext.js'
import type { PassRule } from './PassRule.js'
import { cosineAt, type JudgedPrecision, passRules } from './passRules.js'
import type { Tolerance } from './Tolerance.js'

/** What an output is held to: a tolerance where there is one, else its precision's rule for such a network. */
export function ruleFor(precision: JudgedPrecision, context: JudgeContext): PassRule {
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
