#!/usr/bin/env node
// Builds the addon into build/Release with cmake-js, on top of the cached engines; with --target for another
// machine into build/TARGET/Release, with --sanitize into build/Sanitize, with --threads (ThreadSanitizer) into build/Threads,
// with --debug into build/Debug. With --sanitize --engines the engines are built with sanitizers as well: half an hour and
// more, the first time.
import { buildAddon } from './addon/buildAddon.mjs'
import { buildEngines } from './engines/build-engines.mjs'
import { sanitized, targetsOf } from './engines/targets.mjs'

try {
  const kind =
    ['sanitize', 'threads', 'debug'].find((name) => process.argv.includes(`--${name}`)) ?? 'release'
  const withEngines = kind === 'sanitize' && process.argv.includes('--engines')
  for (const host of targetsOf(process.argv.slice(2))) {
    const target = withEngines ? sanitized(host) : host
    if (withEngines) await buildEngines(target)
    buildAddon(target, kind)
  }
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
}
