import type { Pixels } from '../preprocess/Preprocessing.js'
import type { Tensor } from '../tensor/Tensor.js'

/** What is known of one input, from the picture to the outputs. Everything but one of them may be missing. */
export interface Sample {
  /** What to call it in messages: the file's name. */
  readonly name: string
  readonly image?: Pixels | undefined
  /** What the original was fed. */
  readonly golden?: Tensor | undefined
  /** What the application feeds the candidate. */
  readonly deployed?: Tensor | undefined
  /** What the original gave, and what the candidate gave, where that was recorded and not to be run. */
  readonly referenceOutput?: Tensor | undefined
  readonly candidateOutput?: Tensor | undefined
}
