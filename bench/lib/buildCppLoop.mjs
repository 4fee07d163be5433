import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Builds a program of bench/cpp in the addon's own CMake folder and gives its path. */
export function buildCppLoop(name = 'overhead') {
  const root = new URL('../../', import.meta.url).pathname
  const folder = join(root, 'build', `${process.platform}-${process.arch}`, 'addon')
  const built = spawnSync('cmake', ['--build', folder, '--target', name], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`run \`npm run build\` first\n${built.stdout}${built.stderr}`)
  return join(folder, 'bench/cpp', name)
}
