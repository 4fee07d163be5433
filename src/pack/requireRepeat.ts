import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'

/** Throws TWINFER_INVALID_OPTION unless it is a whole number from 1 to 1000. */
export function requireRepeat(repeat: number): void {
  if (Number.isSafeInteger(repeat) && repeat >= 1 && repeat <= 1000) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `repeat: expected a whole number from 1 to 1000, received ${describeValue(repeat)}`,
  )
}
