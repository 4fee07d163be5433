import type { Matches } from './LayerMatcher.js'
import type { PassedBlob } from './LayerPass.js'
import type { RecordedTensor } from './RecordedReference.js'

/** A blob that is this much further from a tensor than another blob was only similar to it. */
const furtherDb = 20
const soundDb = 60

/**
 * Blobs that were taken for a tensor which is another blob's: what goes into a clamp looks much like what comes
 * out. To be asked of a run in which nothing is fed, as a layer that only moves values repeats what it is fed.
 */
export function findMisfits(blobs: readonly PassedBlob[]): Matches {
  const best = new Map<RecordedTensor, number>()
  for (const { match, error } of blobs) {
    if (match) best.set(match, Math.max(best.get(match) ?? -Infinity, errorDb(error)))
  }
  const misfits = blobs.flatMap(({ blob, match, error }) => {
    const isFurther = match && errorDb(error) < Math.min(soundDb, best.get(match)! - furtherDb)
    return isFurther ? [[blob, match] as const] : []
  })
  return new Map(misfits)
}

function errorDb(error: PassedBlob['error']): number {
  return error?.sqnrDb ?? -Infinity
}
