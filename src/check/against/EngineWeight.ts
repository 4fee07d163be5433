import type { ValueFormat } from '../weights/ValueStatistics.js'

/** A weight of the converted model. */
export interface EngineWeight {
  readonly layer: string
  readonly layerType: string
  /** Where the first value is. */
  readonly offset: number
  readonly count: number
  readonly channels: number
  /** `int8` for all that is quantised. */
  readonly format: ValueFormat
  /** The step that each channel's values were rounded to, where they are packed in a few bits. */
  readonly steps?: Float32Array
  /** The values, from `bytesLater` bytes further on than they should be. */
  values(bytesLater?: number): Promise<Float32Array>
}
