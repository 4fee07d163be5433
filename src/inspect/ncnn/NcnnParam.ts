import type { NcnnLayer } from './NcnnLayer.js'

/** A parsed .param: what it declares and what it holds. */
export interface NcnnParam {
  readonly layerCount: number
  readonly blobCount: number
  /** As many as it declares, where there are as many. */
  readonly layers: readonly NcnnLayer[]
  /** Lines behind the layers that it declares, which ncnn never reads; counted from 1. */
  readonly ignoredLines: readonly number[]
}
