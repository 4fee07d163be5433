#!/usr/bin/env node
// What prebuildify runs in place of node-gyp: cmake-js would take node-gyp's `--target=VERSION` for a CMake target,
// and `rebuild` would throw the build folder away. The platform comes through prebuildify's environment, the addon is
// left in build/Release of the current folder, where prebuildify looks.
import { cpSync } from 'node:fs'
import { addonFile, buildAddon } from '../addon/buildAddon.mjs'
import { targetNamed } from '../engines/targets.mjs'

const target = targetNamed(`${process.env.PREBUILD_PLATFORM}-${process.env.PREBUILD_ARCH}`)
try {
  buildAddon(target)
  cpSync(addonFile(target), 'build/Release/twinfer.node')
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
}
