import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { projectRoot } from '../engines/paths.mjs'
import { hostTarget } from '../engines/targets.mjs'

/** Where a target's addon is built: build/Release for this machine, where the loader looks first. */
export function addonFile(target, { sanitize = false } = {}) {
  const folder = target.name === hostTarget().name ? 'build' : join('build', target.name)
  return join(projectRoot, folder, sanitize ? 'Sanitize' : 'Release', 'twinfer.node')
}

/** Builds the addon with cmake-js on top of the target's cached engines; throws with the build's output. */
export function buildAddon(target, { sanitize = false } = {}) {
  const engines = join(projectRoot, 'build', target.name, 'engines.cmake')
  if (!existsSync(engines))
    throw new Error(
      `the engines for ${target.name} are not built yet; run \`npm run build:engines -- --target ${target.name}\`.`,
    )
  const variables = {
    TWINFER_ENGINES: engines,
    TWINFER_CORE_TESTS: 'ON',
    TWINFER_SANITIZE: sanitize ? 'ON' : 'OFF',
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: join(addonFile(target, { sanitize }), '..'),
    ...(target.toolchain ? { CMAKE_TOOLCHAIN_FILE: target.toolchain } : {}),
  }
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const out = join(projectRoot, 'build', target.name, sanitize ? 'addon-sanitize' : 'addon')
  const options = { arch: target.arch, config: 'Release', out, directory: projectRoot }
  const args = [
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    ...Object.entries(variables).map(([name, value]) => `--CD${name}=${value}`),
  ]
  // `build`, never `rebuild`: the latter deletes the folder.
  const built = spawnSync(process.execPath, [cmakeJs, 'build', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (built.status !== 0) throw new Error(`cmake-js ended with ${built.status}.\n${built.stdout ?? ''}`)
}
