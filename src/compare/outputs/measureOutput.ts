import { TwinferError } from '../../errors/TwinferError.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { compareTensors } from '../compareTensors.js'
import type { OutputComparison } from '../OutputComparison.js'

/** The comparison of two outputs, or in words why their shapes allow none. */
export function measureOutput(name: string, reference: Tensor, candidate: Tensor): OutputComparison | string {
  try {
    return compareTensors(reference, candidate, { name })
  } catch (error) {
    if (error instanceof TwinferError && error.code === 'TWINFER_SHAPE_MISMATCH') return error.message
    throw error
  }
}
