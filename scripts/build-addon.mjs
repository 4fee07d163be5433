#!/usr/bin/env node
// Builds the addon for this target into build/Release with cmake-js, on top of the cached engines.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'
import { hostTarget } from './engines/targets.mjs'

const sanitize = process.argv.includes('--sanitize')
const target = hostTarget()
const engines = join(projectRoot, 'build', target.name, 'engines.cmake')
if (!existsSync(engines)) {
  process.stderr.write('twinfer: the engines are not built yet; run `npm run build:engines`.\n')
  process.exit(1)
}
const variables = {
  TWINFER_ENGINES: engines,
  TWINFER_CORE_TESTS: 'ON',
  TWINFER_SANITIZE: sanitize ? 'ON' : 'OFF',
  CMAKE_LIBRARY_OUTPUT_DIRECTORY: join(projectRoot, 'build', sanitize ? 'Sanitize' : 'Release'),
}
const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
const out = join(projectRoot, 'build', target.name, sanitize ? 'addon-sanitize' : 'addon')
const definitions = Object.entries(variables).map(([name, value]) => `--CD${name}=${value}`)
// `build`, never `rebuild`: the latter deletes the folder.
const args = [
  cmakeJs,
  'build',
  '--config',
  'Release',
  '--out',
  out,
  '--directory',
  projectRoot,
  ...definitions,
]
const built = spawnSync(process.execPath, args, {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
  maxBuffer: 1 << 28,
})
if (built.status !== 0) process.stderr.write(built.stdout ?? '')
process.exitCode = built.status ?? 1
