import type { DType } from '../DType.js'

/** What the header of a .npy file says, checked. */
export interface NpyHeader {
  readonly dtype: DType
  readonly littleEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Number of bytes the data take. */
  readonly dataBytes: number
}
