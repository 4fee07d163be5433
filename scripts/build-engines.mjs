#!/usr/bin/env node
// Builds (or finds in the cache) both engines for this machine, or for those of `--target linux-arm64,linux-arm`
// with the toolchain files in cmake/toolchains.
import { buildEngines } from './engines/build-engines.mjs'
import { targetsOf } from './engines/targets.mjs'

try {
  for (const target of targetsOf(process.argv.slice(2))) await buildEngines(target)
} catch (error) {
  process.stderr.write(`twinfer: the engines could not be built.\n${error.message}\n`)
  process.exitCode = 1
}
