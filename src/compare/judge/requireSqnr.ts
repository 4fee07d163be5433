import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { IDENTICAL_DB } from '../../format/numbers.js'

/** What an SQNR that is asked for may be: equal outputs have the highest there is, so that nothing reaches more. */
export const sqnrRange = [-IDENTICAL_DB, IDENTICAL_DB] as const

export function isSqnr(value: unknown): value is number {
  return typeof value === 'number' && value >= sqnrRange[0] && value <= sqnrRange[1]
}

/** Throws TWINFER_INVALID_OPTION for a bar that is no number, or that not even equal outputs reach. */
export function requireSqnr(name: string, value: unknown): void {
  if (isSqnr(value)) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${name}: expected decibels from ${sqnrRange[0]} to ${sqnrRange[1]}, received ${describeValue(value)}`,
    {
      help: `Equal outputs have ${IDENTICAL_DB} dB: nothing reaches more. fp32 has about 100, fp16 about 60.`,
    },
  )
}
