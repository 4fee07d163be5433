import type { Tensor } from '../../tensor/Tensor.js'

/** One `-i` option, read. */
export interface GivenInput {
  /** Absent where it is given by its order. */
  readonly name?: string
  readonly file: string
  readonly tensor: Tensor
}
