#!/usr/bin/env node
// Installs the reference runtime for the tests that want it: onnxruntime-node, pinned, and without its
// postinstall, which would download a CUDA library from outside the registry. It is no dependency, not even of
// development, because `npm ci` would then run that postinstall. Does nothing where it is there already.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'

const version = '1.30.0'
const manifest = join(projectRoot, 'node_modules/onnxruntime-node/package.json')

if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) {
  console.log(`onnxruntime-node ${version} is installed`)
} else {
  // As an optional peer it would count as satisfied while absent, hence --save-dev.
  const flags = ['--no-save', '--save-dev', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, error } = spawnSync('npm', ['install', ...flags, `onnxruntime-node@${version}`], {
    cwd: projectRoot,
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shell: process.platform === 'win32',
    stdio: 'inherit',
  })
  if (error) console.error(`npm: ${error.message}`)
  process.exitCode = status ?? 1
}
