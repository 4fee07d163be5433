import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause } from '../Cause.js'

/** Which of the two inputs: what the original is fed, or what the application feeds. */
export type InputSide = 'golden' | 'deployed'

/** A state or a flag may well have one value; so many values that are all the same were meant to be something else. */
const fewestValues = 64

/** The fault of one input that needs nothing to be held against: null where there is none. */
export function unusableInput(side: InputSide, tensor: Tensor): Cause | null {
  return notFiniteInput(side, tensor) ?? (side === 'deployed' ? constantInput(tensor) : null)
}

/** NaN and infinities in an input; null where there is none. */
export function notFiniteInput(side: InputSide, tensor: Tensor): Cause | null {
  const values = float32Values(tensor)
  let notFinite = 0
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) notFinite++
  if (notFinite === 0) return null
  return {
    code: 'INPUT_NOT_FINITE',
    confidence: 0.99,
    message: `The ${side} input ${side === 'golden' ? 'itself ' : ''}holds ${notFinite} values that are not finite.`,
    evidence: { side, notFinite, values: values.length },
    fix: null,
  }
}

/** An input of one value only; null where it has several, or too few to say so. */
export function constantInput(tensor: Tensor): Cause | null {
  const values = float32Values(tensor)
  const [first] = values
  if (values.length < fewestValues || !values.every((value) => value === first)) return null
  return constantCause([first!])
}

/** `values`: of each channel, or of all of them. */
export function constantCause(values: readonly number[]): Cause {
  const what = values.every((value) => value === 0) ? 'is all zeros' : 'has one value only'
  return {
    code: 'INPUT_CONSTANT',
    confidence: 0.99,
    message: `The deployed input ${what}: it was never written, or read from elsewhere.`,
    evidence: { values },
    fix: null,
  }
}
