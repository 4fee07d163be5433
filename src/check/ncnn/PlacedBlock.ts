import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { BlockStorage } from './StorageTag.js'
import type { WeightBlock } from './WeightBlock.js'

/** A block of weights and its place in the .bin. */
export interface PlacedBlock {
  readonly layer: NcnnLayer
  readonly block: WeightBlock
  /** Where the tag is, or the numbers where there is none. */
  readonly start: number
  /** Where the numbers are. */
  readonly offset: number
  readonly bytes: number
  readonly storage: BlockStorage
  /** The word read for a tag; undefined without one, or behind the end of the file. */
  readonly tag: number | undefined
}

/** A block that is still to be placed. */
export interface PendingBlock {
  readonly layer: NcnnLayer
  readonly block: WeightBlock
}
