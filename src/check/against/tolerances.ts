import type { ValueFormat } from '../weights/ValueStatistics.js'
import type { EngineWeight } from './EngineWeight.js'
import type { Tolerance } from './rowSimilarity.js'

/** The smallest normal number: what is below is rounded to few digits, or written as zero. */
export const smallestNormal: Readonly<Record<ValueFormat, number>> = {
  fp32: 2 ** -126,
  fp16: 2 ** -14,
  bf16: 2 ** -126,
  // MNN's quantiser writes zeros where the step would be below 1e-6.
  int8: 128e-6,
}

/** How far a weight's rows may turn by the way it is stored. */
export const tolerances: Readonly<Record<ValueFormat, Tolerance>> = {
  fp32: { cosine: 0.999, absolute: smallestNormal.fp32 },
  fp16: { cosine: 0.999, absolute: smallestNormal.fp16 },
  bf16: { cosine: 0.999, absolute: smallestNormal.bf16 },
  // Each value is off by up to half a step.
  int8: { cosine: 0.97, absolute: smallestNormal.int8 },
}

export function toleranceOf({ format, steps }: EngineWeight): Tolerance {
  return steps ? { ...tolerances[format], steps } : tolerances[format]
}
