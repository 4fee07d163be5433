import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectRoot } from '../engines/paths.mjs'
import { enginesOf, hostTarget, requireEngines } from '../engines/targets.mjs'

const folders = {
  release: 'addon',
  sanitize: 'addon-sanitize',
  threads: 'addon-threads',
  debug: 'addon-debug',
}
const sanitizers = { sanitize: 'memory', threads: 'threads' }
const outputs = { release: 'Release', sanitize: 'Sanitize', threads: 'Threads', debug: 'Debug' }

/**
 * Where a target's addon is built: build/Release for this machine, where the loader looks first. The `kind` is release,
 * sanitize (with AddressSanitizer and UndefinedBehaviorSanitizer), threads (with ThreadSanitizer), or debug (for a debugger;
 * the engines stay optimised).
 */
export function addonFile(target, kind = 'release') {
  // Whatever its engines were built with, the sanitized addon of this machine is where the tests look for it.
  const isHost = target.name === hostTarget().name || target.sanitize
  const folder = isHost ? 'build' : join('build', target.name)
  return join(projectRoot, folder, outputs[kind], 'twinfer.node')
}

/** What cmake-js is called with, for a target and a kind. */
export function cmakeJsArguments(target, kind = 'release') {
  const variables = {
    TWINFER_ENGINES: enginesOf(target),
    TWINFER_CORE_TESTS: 'ON',
    TWINFER_SANITIZE: sanitizers[kind] ?? 'OFF',
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: dirname(addonFile(target, kind)),
    ...(target.toolchain ? { CMAKE_TOOLCHAIN_FILE: target.toolchain } : {}),
  }
  const options = {
    arch: target.arch,
    config: kind === 'debug' ? 'Debug' : 'Release',
    out: join(projectRoot, 'build', target.name, folders[kind]),
    directory: projectRoot,
  }
  return [
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    ...Object.entries(variables).map(([name, value]) => `--CD${name}=${value}`),
  ]
}

/** Builds the addon with cmake-js on top of the target's cached engines; throws with the build's output. */
export function buildAddon(target, kind = 'release') {
  requireEngines(target)
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  // `build`, never `rebuild`: the latter deletes the folder.
  const built = spawnSync(process.execPath, [cmakeJs, 'build', ...cmakeJsArguments(target, kind)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (built.status !== 0) throw new Error(`cmake-js ended with ${built.status}.\n${built.stdout ?? ''}`)
}
