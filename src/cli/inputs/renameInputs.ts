import type { ModelTensor } from '../models/RunnableModel.js'
import type { GivenInput } from './GivenInput.js'

/**
 * Inputs named for one model, for another: a name that the other has too stays, any other is dropped, so that
 * the input is taken in order (ncnn says `in0` where MNN says `image`).
 */
export function renameInputs(
  infos: readonly ModelTensor[],
  given: readonly GivenInput[],
): readonly GivenInput[] {
  return given.map(({ name, file, tensor }) =>
    name !== undefined && infos.some((info) => info.name === name)
      ? { name, file, tensor }
      : { file, tensor },
  )
}
