import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../engines/paths.mjs'
import { output } from '../engines/tools.mjs'

/** Packs what is built, without building; gives { file, bytes, paths } of the tarball. */
export function pack(folder) {
  mkdirSync(folder, { recursive: true })
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [{ filename, files }] = JSON.parse(output('npm', args, { cwd: projectRoot }))
  const file = join(folder, filename)
  return { file, bytes: statSync(file).size, paths: files.map(({ path }) => path) }
}
