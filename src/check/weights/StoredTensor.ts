import type { ValueFormat } from './ValueStatistics.js'

/** What the numbers are to their layer. Only a `weight` has a direction that folding keeps. */
export type WeightRole = 'weight' | 'bias' | 'scale' | 'data'

/** A tensor of weights where it lies in its file. */
export interface StoredTensor {
  readonly layer: string
  readonly layerType: string
  readonly role: WeightRole
  readonly format: ValueFormat
  /** Values, not bytes. */
  readonly count: number
  /** Output channels; the values of one are together. */
  readonly channels: number
  /** Where the first value is. */
  readonly offset: number
}

export const bytesPerValue: Readonly<Record<ValueFormat, number>> = { fp32: 4, fp16: 2, bf16: 2, int8: 1 }
