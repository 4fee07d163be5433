import type { NcnnLayer } from './NcnnLayer.js'

/** A parsed text .param: what it declares and what it holds. */
export interface NcnnParam {
  readonly layerCount: number
  readonly blobCount: number
  readonly layers: readonly NcnnLayer[]
}
