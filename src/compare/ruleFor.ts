import { floorOf } from './floorOf.js'
import { IDENTICAL_DB } from './identicalDb.js'
import type { JudgeContext } from './JudgeContext.js'
import type { PassRule } from './PassRule.js'
import { type JudgedPrecision, passRules } from './passRules.js'
import type { Tolerance } from './Tolerance.js'

/** What an output is held to: a tolerance where there is one, else its precision's rule for such a network. */
export function ruleFor(precision: JudgedPrecision, context: JudgeContext): PassRule {
  if (context.tolerance) return toRule(context.tolerance)
  return { ...passRules[precision], floorDb: floorOf(precision, context) }
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
