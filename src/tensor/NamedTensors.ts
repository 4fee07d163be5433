import type { Tensor } from './Tensor.js'

/** Inputs or outputs of a model by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>
