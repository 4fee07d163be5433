#!/usr/bin/env node
// Writes THIRD_PARTY_NOTICES from the licence files of what the addon and format.wasm are made of. `--check` only says whether
// the committed file is up to date. Exit codes: 0 done or up to date, 1 out of date, 3 the engines' sources
// are not in the cache.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheRoot, pins, projectRoot } from './engines/paths.mjs'
import { components } from './notices/components.mjs'
import { formatNotices } from './notices/formatNotices.mjs'
import { zigFolder } from './wasm/fetchZig.mjs'

const file = join(projectRoot, 'THIRD_PARTY_NOTICES')
const sources = { project: projectRoot, ncnn: sourceOf('ncnn'), mnn: sourceOf('mnn'), zig: zigFolder() }
const absent = Object.values(sources).filter((folder) => !existsSync(folder))

if (absent.length > 0) {
  process.stderr.write(
    `Not there: ${absent.join(', ')}\nRun \`npm run build:engines\` and \`npm run build:wasm\`, which fetch them.\n`,
  )
  process.exitCode = 3
} else {
  const expected = formatNotices(components(sources))
  if (!process.argv.includes('--check')) writeFileSync(file, expected)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== expected) {
    process.stderr.write('THIRD_PARTY_NOTICES is out of date: run `node scripts/notices.mjs`.\n')
    process.exitCode = 1
  }
}

/** The pinned source, never an override: the file describes what is shipped. */
function sourceOf(engine) {
  const { version, sha256 } = pins[engine]
  return join(cacheRoot(), 'sources', `${engine}-${version}-${sha256.slice(0, 12)}`)
}
