import type { InputPairing } from '../compare/pairInputs.js'
import type { RunInputs } from '../model/RunOptions.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'

/** What `run` takes; or chosen once the model's inputs are known, and (`verify`) which of the pack's they are. */
export type PackInputs = RunInputs | ((infos: readonly TensorInfo[], pairing?: InputPairing) => NamedTensors)
