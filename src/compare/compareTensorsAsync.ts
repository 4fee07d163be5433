import { answering } from '../errors/answering.js'
import { Tensor } from '../tensor/Tensor.js'
import type { CompareOptions } from './CompareOptions.js'
import { describeComparison } from './describeComparison.js'
import { measureAsync } from './measure.js'
import { measureExtras } from './measureExtras.js'
import type { OutputComparison } from './OutputComparison.js'
import { planComparison } from './planComparison.js'

/**
 * `compareTensors` off the event loop, for large outputs: copies both, then measures on the addon's own threads.
 * Only what `topK` and `details` ask for is still computed on the calling thread. Rejects with what `compareTensors` throws.
 */
export const compareTensorsAsync = answering(
  'compareTensorsAsync',
  async function compareTensorsAsync(
    reference: Tensor,
    candidate: Tensor,
    options?: CompareOptions,
  ): Promise<OutputComparison> {
    const given = planComparison(reference, candidate, options)
    // The caller may give the data away at once, and parts that stand out are read again afterwards.
    const plan = given.request.parts
      ? { ...given, reference: copyOf(reference), candidate: copyOf(candidate) }
      : given
    const measuring = measureAsync(plan.reference, plan.candidate, plan.request)
    const extras = measureExtras(plan) // now, for the same reason
    return describeComparison(plan, await measuring, extras)
  },
)

function copyOf({ data, shape, dtype, layout }: Tensor): Tensor {
  return new Tensor(data.slice(), shape, { dtype, layout })
}
