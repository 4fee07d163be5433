import { answering } from '../errors/answering.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { CompareOptions } from './CompareOptions.js'
import { describeComparison } from './describeComparison.js'
import { measure } from './measure.js'
import { measureExtras } from './measureExtras.js'
import type { OutputComparison } from './OutputComparison.js'
import { planComparison } from './planComparison.js'

/**
 * Measures how far an output is from its reference; `judge` says whether that is good enough. Any element
 * types, also different ones. Shapes must be equal save for leading dimensions of 1. Uses the addon where it
 * can be loaded, and gives the same numbers without it.
 *
 * Throws TWINFER_SHAPE_MISMATCH, and TWINFER_INVALID_ARGUMENT for options of no use to these shapes.
 */
export const compareTensors = answering(
  'compareTensors',
  function compareTensors(reference: Tensor, candidate: Tensor, options?: CompareOptions): OutputComparison {
    const plan = planComparison(reference, candidate, options)
    return describeComparison(plan, measure(reference, candidate, plan.request), measureExtras(plan))
  },
)
