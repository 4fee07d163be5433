#!/usr/bin/env node
// Formats the C++ sources in place, or with --check only says which are not.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './engines/paths.mjs'

const check = process.argv.includes('--check')
const files = ['cpp', 'binding', 'bench/cpp'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true })
    .filter((file) => /\.(h|cpp)$/.test(file))
    .map((file) => join(projectRoot, folder, file)),
)
const clangFormat = createRequire(import.meta.url).resolve('clang-format-node/bin/clang-format')
const ran = spawnSync(clangFormat, check ? ['--dry-run', '--Werror', ...files] : ['-i', ...files], { stdio: 'inherit' })
process.exitCode = ran.status ?? 1
