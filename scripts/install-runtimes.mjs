#!/usr/bin/env node
// Installs the other runtimes that the addon runs in, for the tests that want them: Deno and Bun, pinned, into a
// folder of their own below build/, because together they are 200 MB. Without postinstall scripts: the binary is
// in the package of the platform. Optional: where it does not work the tests are skipped, visibly.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'

const versions = { deno: '2.9.6', bun: '1.4.5' }
const folder = join(projectRoot, 'build/runtimes')

const missing = Object.entries(versions).filter(([name, version]) => {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  return !existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== version
})
if (missing.length === 0) console.log('deno and bun are installed')
else {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
  const { status, error } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
    { cwd: folder, shell: process.platform === 'win32', stdio: 'inherit' },
  )
  if (error || status !== 0) console.error('skip   deno and bun: npm could not install them')
}
