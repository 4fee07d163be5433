import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'

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

/** The file beside a missing one whose name is most like it, if any is close. */
async function nearestFileName(file: string): Promise<string | undefined> {
  const names = await readdir(dirname(file)).catch(() => [])
  const wanted = basename(file)
  // Loaded here: only an error message needs it, and every start of the package would pay for it.
  const { distance } = await import('fastest-levenshtein')
  const ranked = names
    .map((name) => ({ name, changes: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
  const nearest = ranked[0]
  if (nearest === undefined || nearest.changes > Math.max(2, wanted.length / 3)) return undefined
  return join(dirname(file), nearest.name)
}

/** What all refusals of a .npy file have in common. `name` is the file's name. */
export function npyError(
  name: string,
  message: string,
  help = 'Save the array again with numpy.save.',
): TwinferError {
  return new TwinferError('TWINFER_NPY_INVALID', `${name}: ${message}`, { help })
}
