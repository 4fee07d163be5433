#!/usr/bin/env node
// Looks for data races with ThreadSanitizer: builds this project's C++ with it (not the engines, not Node) into build/Threads,
// runs the tests of the OpenMP runtime, then models in every way that uses threads. `--rounds N` repeats the latter.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { addonFile, buildAddon } from './addon/buildAddon.mjs'
import { projectRoot } from './engines/paths.mjs'
import { hostTarget } from './engines/targets.mjs'

const target = hostTarget()
const at = process.argv.indexOf('--rounds')
const rounds = at < 0 ? '2' : process.argv[at + 1]
const folder = join(projectRoot, 'build', target.name, 'addon-threads')
const suppressions = join(projectRoot, 'cmake/threads-suppressions.txt')
const environment = {
  ...process.env,
  TSAN_OPTIONS: `halt_on_error=0:second_deadlock_stack=1:suppressions=${suppressions}`,
}
const library = spawnSync('cc', ['-print-file-name=libtsan.so'], { encoding: 'utf8' }).stdout.trim()

/** Throws where the program fails, as it does where a race was found. */
function run(program, args, env = process.env) {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', env })
  if (error || status !== 0) throw new Error(`${program} ended with ${error?.message ?? signal ?? status}`)
}

try {
  buildAddon(target, 'threads')
  run('cmake', ['--build', folder, '--target', 'openmp_test'])
  run(join(folder, 'cpp/openmp_test'), [], environment)
  const script = join(projectRoot, 'scripts/threads/useThreads.mjs')
  run(process.execPath, [script, rounds, join(projectRoot, 'test/fixtures/digits8-cnn')], {
    ...environment,
    LD_PRELOAD: library,
    TWINFER_ADDON: addonFile(target, 'threads'),
  })
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
}
