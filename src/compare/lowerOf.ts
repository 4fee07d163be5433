import { answering } from '../errors/answering.js'
import { floorOf } from './floorOf.js'
import type { JudgedAs } from './judgedPrecision.js'

/**
 * What a candidate is judged as beside its reference: a reference that was rounded cannot be met more closely than
 * it was rounded. `because` says so where the reference decides; null where no rule is known for the candidate.
 */
export const lowerOf = answering(
  'lowerOf',
  function lowerOf(reference: JudgedAs | null, candidate: JudgedAs | null): JudgedAs | null {
    if (reference === null || candidate === null) return candidate
    return floorOf(reference.precision, {}) >= floorOf(candidate.precision, {}) ? candidate : reference
  },
)
