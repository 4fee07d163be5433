import { Tensor } from '../../tensor/Tensor.js'
import { findPartErrors, partAxes, wholeOf } from '../findPartErrors.js'
import { measure } from '../measure.js'
import type { PartErrors } from '../PartError.js'
import { PartReader } from '../PartReader.js'
import type { QuickError } from '../quickError.js'

/** Above, a part that is lost carries less than 1e-10 of the layer's power: what follows does not see it. */
const unseenDb = 100

/**
 * The parts of a layer (channels, rows) that are worse than their like. The score channel of a head may be lost while
 * the boxes beside it hold all the power, and the layer's own number is as good as any.
 */
export function layerParts(
  reference: Float32Array,
  candidate: Float32Array,
  shape: readonly number[],
  { sqnrDb }: QuickError,
): PartErrors | undefined {
  const axes = partAxes(shape)
  if (sqnrDb === null || sqnrDb >= unseenDb || axes.length === 0) return undefined
  const request = { onlySums: true, explainedRms: 0, parts: axes.map((axis) => shape[axis]!) }
  const { sums, parts } = measure(new Tensor(reference, shape), new Tensor(candidate, shape), request)
  return findPartErrors(parts, axes, wholeOf(sums), new PartReader(() => [reference, candidate], shape))
}
