import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'

/**
 * Where a path leads that a file in `folder` names, or undefined where that is outside of the folder, also by a symbolic
 * link: a file from elsewhere may name what came with it, and must not make this program read any file of the machine.
 */
export function pathInside(folder: string, path: string): string | undefined {
  if (path === '' || path.includes('\0')) return undefined
  const named = resolve(folder, path)
  if (!isInside(resolve(folder), named)) return undefined
  const leadsOut = existsSync(named) && !isInside(realpathSync.native(folder), realpathSync.native(named))
  return leadsOut ? undefined : named
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return !isAbsolute(way) && way.split(sep)[0] !== '..'
}
