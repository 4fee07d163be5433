import { TwinferError } from '../errors/TwinferError.js'
import { elementsOf } from '../tensor/elementsOf.js'
import type { Tensor } from '../tensor/Tensor.js'

/**
 * Checks that two outputs have one shape, save for dimensions of 1: ncnn has no batch axis, so what is [1, 10]
 * elsewhere is [10] there, and [10, 1, 1] where a convolution did it; older converters write [1, 10, 1, 1]. Dropping
 * those never moves an element, which nothing else is sure of. Layouts are not compared, as a .npy file records none.
 * Throws TWINFER_SHAPE_MISMATCH.
 */
export function requireSameShape(name: string, reference: Tensor, candidate: Tensor): void {
  const [wanted, received] = [reference.shape, candidate.shape]
  if (withoutOnes(wanted).join() === withoutOnes(received).join()) return
  const message = `${name}: expected shape [${wanted.join(', ')}], received [${received.join(', ')}]`
  throw new TwinferError('TWINFER_SHAPE_MISMATCH', message, { help: helpFor(reference, candidate) })
}

/** The dimensions that place elements. */
export function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.filter((size) => size !== 1)
}

function helpFor(reference: Tensor, candidate: Tensor): string {
  const elements = elementsOf(reference.shape)
  if (elements !== elementsOf(candidate.shape)) {
    return 'Check that both models were given the same input, and that these are the same output of both.'
  }
  const layouts =
    reference.layout === candidate.layout
      ? 'Transpose'
      : `The reference is ${reference.layout}, the candidate ${candidate.layout}: transpose`
  return (
    `Both have ${elements} elements, but a transposed output with an equal count is not compared flat. ` +
    `${layouts} or reshape one of them first.`
  )
}
