import { TwinferError } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { castTensor } from '../tensor/castTensor.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import type { Tensor } from '../tensor/Tensor.js'
import { toLayout } from '../tensor/toLayout.js'
import { type InputPairing, type PairableInput, type PairInputOptions, pairInputs } from './pairInputs.js'

export interface ConformedInputs {
  readonly feeds: NamedTensors
  readonly pairing: InputPairing
}

/**
 * The inputs of one model for another: under its names, in its layouts and element types, and without those that it
 * does not have. Throws TWINFER_DTYPE_MISMATCH where a type cannot express the values; what is missing is left to
 * whoever runs the model.
 */
export function conformInputs(
  reference: readonly PairableInput[],
  candidate: readonly TensorInfo[],
  inputs: NamedTensors,
  options: PairInputOptions = {},
): ConformedInputs {
  const given = reference.map((info) =>
    Object.hasOwn(inputs, info.name)
      ? { ...info, shape: inputs[info.name]!.shape }
      : { ...info, absent: true },
  )
  const pairing = pairInputs(given, candidate, options)
  const partners = new Map(pairing.pairs.map((pair) => [pair.candidate, pair.reference]))
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const info of candidate) {
    const partner = partners.get(info.name)
    if (partner !== undefined) feeds[info.name] = conform(inputs[partner]!, info)
  }
  return { feeds, pairing }
}

function conform(tensor: Tensor, { name, dtype, layout }: TensorInfo): Tensor {
  const cast = castTensor(toLayout(tensor, layout), dtype)
  if (cast !== null) return cast
  throw new TwinferError(
    'TWINFER_DTYPE_MISMATCH',
    `input '${name}': expected ${dtype}, received ${tensor.dtype} values that it cannot express`,
  )
}
