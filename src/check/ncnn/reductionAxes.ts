import type { LayerParams } from './LayerParams.js'

/**
 * Whether a Reduction reduces nothing: reduce_all (1=) is off and the list of axes (3=) is empty. pnnx
 * 20261020 writes this for sums over one axis, and the next layer reads outside its weights.
 */
export function reducesNothing(params: LayerParams): boolean {
  return params.int(1, 1) === 0 && params.length(3) === 0
}
