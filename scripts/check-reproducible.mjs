#!/usr/bin/env node
// Builds what the package ships a second time, in another folder, and compares it byte by byte with what lies here: the
// JavaScript, format.wasm and the addon. Prints a hash of each, or which sections of the addon differ.
//   npm run build && npm run test:reproducible [-- --engines | --with FOLDER]
// With --engines the second build fetches and builds the engines and format.wasm too, in a cache of its own: half an hour.
// Without, it takes both from the cache, and needs minutes. With --with the second build is there already: a checkout.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from './engines/paths.mjs'
import { output } from './engines/tools.mjs'

const addon = 'build/Release/twinfer.node'
const { values } = parseArgs({
  options: { engines: { type: 'boolean', default: false }, with: { type: 'string' } },
})
const elsewhere = values.with ?? mkdtempSync(join(tmpdir(), 'twinfer-built-elsewhere-'))
try {
  if (!existsSync(join(projectRoot, addon))) throw new Error('nothing is built here: run `npm run build`')
  if (values.with === undefined) buildElsewhere()
  const shipped = [...new Set([projectRoot, elsewhere].flatMap(filesOfDist))]
  const differing = [...shipped, addon].filter(
    (file) => hashOf(projectRoot, file) !== hashOf(elsewhere, file),
  )
  console.log(`dist/: ${shipped.length} files`)
  for (const file of ['dist/format.wasm', addon]) console.log(`${file}: sha256 ${hashOf(elsewhere, file)}`)
  if (differing.includes(addon)) console.log(`sections of the addon that differ: ${sections().join(', ')}`)
  if (differing.length > 0) throw new Error(`another build differs in ${differing.join(', ')}`)
  console.log('both builds are the same, byte for byte')
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
} finally {
  if (values.with === undefined) rmSync(elsewhere, { recursive: true, force: true })
}

function buildElsewhere() {
  const tracked = output('git', ['ls-files', '-z'], { cwd: projectRoot }).split('\0').filter(Boolean)
  for (const file of tracked) cpSync(join(projectRoot, file), join(elsewhere, file))
  symlinkSync(join(projectRoot, 'node_modules'), join(elsewhere, 'node_modules'))
  const cache = values.engines ? { TWINFER_CACHE: join(elsewhere, 'cache') } : {}
  output('npm', ['run', 'build'], { cwd: elsewhere, env: { ...process.env, ...cache } })
}

function filesOfDist(folder) {
  return readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsbuildinfo'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
}

function hashOf(folder, file) {
  const path = join(folder, file)
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'absent'
}

/** Names of the sections that do not hold the same in both addons. */
function sections() {
  const [mine, other] = [projectRoot, elsewhere].map((folder) => {
    const file = join(folder, addon)
    const bytes = readFileSync(file)
    const table = output('readelf', ['-SW', file])
    const rows = table.matchAll(/^ +\[ *\d+\] (\S+) +(\S+) +[\da-f]+ ([\da-f]+) ([\da-f]+)/gm)
    return new Map(
      [...rows].map(([, name, type, offset, size]) => {
        const start = Number.parseInt(offset, 16)
        const end = type === 'NOBITS' ? start : start + Number.parseInt(size, 16)
        return [name, `${size} ${bytes.subarray(start, end).toString('latin1')}`]
      }),
    )
  })
  return [...new Set([...mine.keys(), ...other.keys()])].filter((name) => mine.get(name) !== other.get(name))
}
