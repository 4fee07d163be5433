#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
// Builds and runs the tests of the C++ core, in the folder that `npm run build:addon` configured.
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'
import { hostTarget } from './engines/targets.mjs'

const folder = join(projectRoot, 'build', hostTarget().name, 'addon')
const built = spawnSync('cmake', ['--build', folder, '--target', 'core_tests'], { encoding: 'utf8' })
if (built.status !== 0) process.stderr.write(`${built.stdout}${built.stderr}\n`)
const tested =
  built.status === 0 &&
  spawnSync('ctest', ['--test-dir', folder, '--output-on-failure'], { stdio: 'inherit' })
process.exitCode = tested ? (tested.status ?? 1) : 1
