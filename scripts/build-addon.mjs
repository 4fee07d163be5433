#!/usr/bin/env node
// Builds the addon into build/Release with cmake-js, on top of the cached engines; with --target for another
// machine into build/TARGET/Release, with --sanitize into build/Sanitize, with --debug into build/Debug.
import { buildAddon } from './addon/buildAddon.mjs'
import { targetsOf } from './engines/targets.mjs'

try {
  const kind = ['sanitize', 'debug'].find((name) => process.argv.includes(`--${name}`)) ?? 'release'
  for (const target of targetsOf(process.argv.slice(2))) buildAddon(target, kind)
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
}
