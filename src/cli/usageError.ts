import type { CommanderError } from 'commander'
import { TwinferError } from '../errors/TwinferError.js'

/** Commander's `error: MESSAGE\n(Did you mean X?)` as one of our errors. */
export function usageError(error: CommanderError): TwinferError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const message = error.code === 'commander.help' ? 'expected a command' : first
  const nearest = suggestion?.replace(/^\(|\)$/g, '')
  return new TwinferError('TWINFER_USAGE', message, {
    help: nearest ?? 'See `twinfer --help`, or `twinfer COMMAND --help` for one command.',
  })
}
