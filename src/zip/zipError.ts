import { TwinferError } from '../errors/TwinferError.js'

/** What all refusals of a damaged or hostile archive have in common. `name` is the file's name. */
export function zipError(name: string, message: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_ARCHIVE_INVALID', `${name}: ${message}`, {
    help: 'Copy or download the file again, or write it again.',
    cause,
  })
}
