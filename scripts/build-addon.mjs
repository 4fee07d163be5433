#!/usr/bin/env node
// Builds the addon into build/Release with cmake-js, on top of the cached engines; with --target for another
// machine into build/TARGET/Release, with --sanitize into build/Sanitize.
import { buildAddon } from './addon/buildAddon.mjs'
import { targetsOf } from './engines/targets.mjs'

try {
  const sanitize = process.argv.includes('--sanitize')
  for (const target of targetsOf(process.argv.slice(2))) buildAddon(target, { sanitize })
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
}
