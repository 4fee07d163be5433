#!/usr/bin/env node
// Formats the C++ sources in place, or with --check only says which are not.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'

const check = process.argv.includes('--check')
const files = ['cpp', 'binding', 'wasm', 'bench/cpp'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true })
    .filter((file) => /\.(h|c|cpp)$/.test(file))
    .map((file) => join(projectRoot, folder, file)),
)
const clangFormat = createRequire(import.meta.url).resolve('clang-format-node/build/cli.js')
const args = check ? ['--dry-run', '--Werror', ...files] : ['-i', ...files]
const ran = spawnSync(process.execPath, [clangFormat, ...args], { stdio: 'inherit' })
process.exitCode = ran.status ?? 1
