import { TwinferError } from '../../errors/TwinferError.js'
import { nearestFileName } from './nearestFileName.js'

/** The typed error for a failed file operation; errors that are ours already pass unchanged. */
export async function fileError(file: string, verb: 'read' | 'write', cause: unknown): Promise<TwinferError> {
  if (cause instanceof TwinferError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return new TwinferError('TWINFER_FILE_UNREADABLE', `cannot ${verb} ${file}: ${message}`, {
      help:
        code === 'EISDIR'
          ? 'Name a file, not a folder.'
          : 'Check the permissions of the file and its folder.',
      cause,
    })
  }
  if (verb === 'write') {
    return new TwinferError('TWINFER_FILE_NOT_FOUND', `cannot write ${file}: its folder does not exist`, {
      help: 'Make the folder first.',
      cause,
    })
  }
  const nearest = await nearestFileName(file)
  return new TwinferError('TWINFER_FILE_NOT_FOUND', `no such file: ${file}`, {
    help: nearest === undefined ? 'Check the path and the current folder.' : `Did you mean ${nearest}?`,
    cause,
  })
}
