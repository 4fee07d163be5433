import type { Pixels } from '../preprocess/Preprocessing.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'

/** What is known of one input, from the picture to the outputs. Everything but the name may be missing. */
export interface Sample {
  /** What to call it in messages: the file's name. */
  readonly name: string
  readonly image?: Pixels | undefined
  /** What the original was fed. */
  readonly golden?: Tensor | undefined
  /** What the application feeds the candidate. */
  readonly deployed?: Tensor | undefined
  /** What the original gave, where that was recorded. */
  readonly referenceOutput?: NamedTensors | undefined
  /** What the application got; it is judged as it is. */
  readonly candidateOutput?: NamedTensors | undefined
}
