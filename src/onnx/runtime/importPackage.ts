import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Imports an optional peer, found from this package or, failing that, from the current folder: with npx or a
 * global installation the user's own packages lie elsewhere. Null where it is in neither.
 */
export async function importPackage(name: string): Promise<unknown> {
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const file = resolveFrom(base, name)
    if (file !== null) return import(pathToFileURL(file).href)
  }
  return null
}

function resolveFrom(base: string, name: string): string | null {
  try {
    return createRequire(base).resolve(name)
  } catch {
    return null
  }
}
