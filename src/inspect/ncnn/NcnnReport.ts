import type { FormatFindings } from '../FormatFindings.js'
import type { NcnnBlock } from './NcnnBlock.js'
import type { NcnnLayer } from './NcnnLayer.js'

/** All that the files of an ncnn network say, and what is wrong with them: the answer of cpp/format. */
export interface NcnnReport {
  readonly format: 'ncnn-param' | 'ncnn-param-bin'
  /** As the file declares; null where that cannot be read. */
  readonly layerCount: number | null
  readonly blobCount: number | null
  /** Lines behind the layers that it declares, which ncnn never reads; counted from 1. */
  readonly ignoredLines: readonly number[]
  /** Those that can be read. */
  readonly layers: readonly NcnnLayer[]
  readonly findings: FormatFindings
  /** Some layer has weights. */
  readonly loadsWeights: boolean
  /** Of the .bin, where it was given. */
  readonly weights: {
    /** Its length and its tags are as the layers want them. */
    readonly fits: boolean
    readonly findings: FormatFindings
    /** Those whose place is certain. */
    readonly blocks: readonly NcnnBlock[]
  } | null
}
