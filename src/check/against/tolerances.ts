import type { ValueFormat } from '../weights/ValueStatistics.js'
import type { EngineWeight } from './EngineWeight.js'
import type { Tolerance } from './rowSimilarity.js'

/** How far a weight's rows may turn by the way it is stored. */
export const tolerances: Readonly<Record<ValueFormat, Tolerance>> = {
  fp32: { cosine: 0.999, absolute: 0 },
  // pnnx writes zero for what is below the smallest normal number, 2^-14.
  fp16: { cosine: 0.999, absolute: 2 ** -14 },
  bf16: { cosine: 0.999, absolute: 0 },
  // Each value is off by up to half a step.
  int8: { cosine: 0.97, absolute: 0 },
}

export function toleranceOf({ format, steps }: EngineWeight): Tolerance {
  return steps ? { ...tolerances[format], steps } : tolerances[format]
}
