import { renameFeeds } from '../compare/layers/renameFeeds.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { castTensor } from '../tensor/castTensor.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import { toLayout } from '../tensor/toLayout.js'

/**
 * Recorded inputs for another model: under its names, in its layouts and element types. Throws
 * TWINFER_DTYPE_MISMATCH where a type cannot express the values.
 */
export function conformInputs(
  recorded: readonly TensorInfo[],
  infos: readonly TensorInfo[],
  inputs: NamedTensors,
): NamedTensors {
  const renamed = renameFeeds(recorded, infos, inputs)
  return Object.fromEntries(
    infos.flatMap(({ name, dtype, layout }) => {
      const tensor = renamed[name]
      if (tensor === undefined) return []
      const cast = castTensor(toLayout(tensor, layout), dtype)
      if (cast !== null) return [[name, cast]]
      throw new TwinferError(
        'TWINFER_DTYPE_MISMATCH',
        `input '${name}': expected ${dtype}, the pack holds ${tensor.dtype} values that it cannot express`,
      )
    }),
  )
}
