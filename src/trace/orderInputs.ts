import { BoundInputs } from '../model/BoundInputs.js'
import { bindInputs } from '../model/bindInputs.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { TraceInputs } from './LayerTracer.js'

/**
 * The inputs in the model's order. Throws TWINFER_MISSING_INPUT, TWINFER_UNKNOWN_INPUT or
 * TWINFER_LAYOUT_MISMATCH.
 */
export function orderInputs(infos: readonly TensorInfo[], inputs: TraceInputs): readonly Tensor[] {
  bindInputs(new BoundInputs(), infos, inputs)
  return infos.map(({ name }) => inputs[name]!)
}
