import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const projectRoot = resolve(import.meta.dirname, '../..')

export const pins = JSON.parse(readFileSync(join(projectRoot, 'cmake/pins.json'), 'utf8'))

export function cacheRoot() {
  const chosen = process.env.TWINFER_CACHE
  return resolve(chosen || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'twinfer'))
}
