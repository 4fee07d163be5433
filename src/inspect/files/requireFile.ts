import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'
import { nearestFile } from './nearestFile.js'

/** The file's size in bytes. `role` names it in messages. Throws TWINFER_FILE_NOT_FOUND and friends. */
export async function requireFile(path: string, role: string): Promise<number> {
  const stats = await statOf(path, role)
  if (stats.isDirectory()) {
    throw new TwinferError('TWINFER_MODEL_INVALID', `${path} is a folder: expected a ${role} file`, {
      help: 'Name the file inside it, for example a .param or an .mnn.',
    })
  }
  return stats.size
}

async function statOf(path: string, role: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    if (!isMissing(cause)) {
      throw new TwinferError(
        'TWINFER_FILE_UNREADABLE',
        `cannot read the ${role} ${path}: ${(cause as Error).message}`,
        {
          cause,
          help: 'Check the path and its permissions.',
        },
      )
    }
    const near = await nearestFile(path)
    throw new TwinferError('TWINFER_FILE_NOT_FOUND', `no such ${role}: ${path}`, {
      cause,
      help: near ? `Did you mean ${near}?` : 'Check the path and the current folder.',
    })
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
