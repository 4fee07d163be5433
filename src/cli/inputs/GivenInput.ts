import type { Tensor } from '../../tensor/Tensor.js'

/** An input from the command line, read. */
export interface GivenInput {
  /** Absent where it is given by its order. */
  readonly name?: string
  readonly file: string
  readonly tensor: Tensor
  /** Nothing that the model it is named for computes depends on it. */
  readonly unused?: boolean
}
