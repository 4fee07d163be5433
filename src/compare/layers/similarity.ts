import { powerRatioDb } from '../../format/decibels.js'

export interface Similarity {
  /** Share of the values that matter (beyond a tenth of the reference's RMS on either side) that agree within 5 %. */
  readonly agree: number
  /** -Infinity where one side only is not finite. */
  readonly sqnrDb: number
}

/** How alike two samples are. One bad channel ruins the SQNR of a tensor, but not the share that agrees. */
export function similarity(reference: Float32Array, candidate: Float32Array): Similarity {
  let power = 0
  for (const a of reference) if (Number.isFinite(a)) power += a * a
  const rms = Math.sqrt(power / Math.max(1, reference.length))
  let mattering = 0
  let agreeing = 0
  let error = 0
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i]!
    const b = candidate[i]!
    if (Object.is(a, b)) {
      if (!(Math.abs(a) <= 0.1 * rms)) {
        mattering++
        agreeing++
      }
      continue
    }
    const difference = Math.abs(b - a)
    error += difference * difference
    const size = Math.max(Math.abs(a), Math.abs(b))
    if (size <= 0.1 * rms) continue
    mattering++
    if (difference <= 0.05 * Math.max(size, rms)) agreeing++
  }
  const sqnrDb = Number.isFinite(error) ? powerRatioDb(power, error) : -Infinity
  return { agree: mattering === 0 ? 1 : agreeing / mattering, sqnrDb }
}
