import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import type { StoredTensor } from '../weights/StoredTensor.js'

export interface MnnTensor extends StoredTensor {
  /** In the weight file beside the model, not in the model. */
  readonly external: boolean
}

/** Weights of 8 bits and less with their scales (IDSTQuan), which have no value each in the file. */
export interface PackedWeights {
  readonly layer: string
  readonly layerType: string
  readonly channels: number
  readonly quan: FlatTable
}

/** What an operator loads. */
export interface MnnWeights {
  readonly tensors: readonly MnnTensor[]
  readonly packed: PackedWeights | undefined
}
