import { float32Values } from '../tensor/float32Values.js'
import type { Tensor } from '../tensor/Tensor.js'
import { sampleOf } from './layers/sampleOf.js'
import { shapeKey } from './layers/shapeKey.js'
import { similarity } from './layers/similarity.js'

/** Enough to be the same output, as for layers: most values agree, or all of them roughly. */
const leastAgree = 0.9
const leastDb = 20

/**
 * How alike two outputs are, in dB, by a sample of their values; -Infinity where they are not, by their values or
 * by their shapes.
 */
export function outputLikeness(reference: Tensor, candidate: Tensor): number {
  if (shapeKey(reference.shape) !== shapeKey(candidate.shape) || reference.length === 0) return -Infinity
  const { agree, sqnrDb } = similarity(sampleValues(reference), sampleValues(candidate))
  return agree >= leastAgree || sqnrDb >= leastDb ? Math.max(sqnrDb, 0) : -Infinity
}

function sampleValues(tensor: Tensor): Float32Array {
  const values = float32Values(tensor)
  return sampleOf(values instanceof Float32Array ? values : Float32Array.from(values))
}
