import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../tensor/describeValue.js'
import type { RunOptions } from './RunOptions.js'

/** Throws TWINFER_INVALID_ARGUMENT for options of the wrong kind. */
export function requireOptions(options: RunOptions): RunOptions {
  if (typeof options !== 'object' || options === null) refuseOption('options as an object', options)
  const { outputs, signal } = options
  if (outputs !== undefined && (typeof outputs !== 'object' || outputs === null)) {
    refuseOption('outputs as names, or as arrays by name', outputs)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuseOption('signal as an AbortSignal', signal)
  return options
}

function refuseOption(expected: string, received: unknown): never {
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected ${expected}, received ${describeValue(received)}`,
  )
}
