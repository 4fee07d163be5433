import type { MnnNet } from '../../inspect/mnn/MnnReport.js'
import type { StoredTensor } from '../weights/StoredTensor.js'

export interface MnnStored extends StoredTensor {
  /** In the weight file beside the model, not in the model. */
  readonly external: boolean
  /** Loaded by a subgraph: the body of a loop, a branch. */
  readonly inBody: boolean
}

/**
 * The tensors of a model. What a subgraph computes with are constants to it: a converter makes loops of recurrent
 * layers, and others' subgraphs are not looked into.
 */
export function tensorsOf({ weights, operators }: MnnNet): readonly MnnStored[] {
  return weights.map(({ operator, role, ...place }) => {
    const { name, type, subgraph } = operators[operator]!
    const inBody = subgraph !== null
    return { ...place, layer: name, layerType: type, role: inBody ? 'data' : role, inBody }
  })
}
