import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256 } from '../engines/checksum.mjs'
import { once } from '../engines/once.mjs'
import { cacheRoot, pins, projectRoot } from '../engines/paths.mjs'
import { hostTarget, requireEngines } from '../engines/targets.mjs'
import { output } from '../engines/tools.mjs'
import { fetchZig } from './fetchZig.mjs'

export const wasmFile = join(projectRoot, 'dist/format.wasm')

/** What only runs need: the rest of cpp/format is what files are told by. */
const ofRuns = /^(shape_check|reading_difference|weight_walk|model_facts)\.cpp$/

const flags = [
  ...['-target', 'wasm32-wasi', '-std=c++17', '-Os', '-flto', '-Wall', '-Wextra', '-Werror'],
  // Nothing that is called from outside throws: a throw is a trap (wasm/exports.cpp).
  ...['-fignore-exceptions', '-fno-rtti', '-mexec-model=reactor'],
  ...['-Wl,--gc-sections', '-Wl,--strip-all'],
]

/**
 * Builds cpp/format as WebAssembly into dist/. What it was built from is in the name of a folder of the cache, where
 * it is found the next time.
 */
export async function buildWasm() {
  const sources = ['cpp/format', 'cpp/format/ncnn', 'cpp/format/mnn'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((file) => file.endsWith('.cpp') && !ofRuns.test(file))
      .map((file) => join(folder, file)),
  )
  const headers = engineHeaders()
  const key = sha256(
    [JSON.stringify([pins.ziglang.version, flags, pins.ncnn, pins.mnn]), ...everyFile()].join('\n'),
  ).slice(0, 12)
  const folder = await once(join(cacheRoot(), 'wasm', key), async (unfinished) => {
    const zig = await fetchZig()
    const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: join(cacheRoot(), 'zig') }
    const included = ['-Icpp', ...headers.flatMap((header) => ['-isystem', header])]
    const args = [...included, '-o', join(unfinished, 'format.wasm'), 'wasm/exports.cpp']
    output(zig, ['c++', ...flags, ...args, ...sources], { cwd: projectRoot, env })
  })
  mkdirSync(dirname(wasmFile), { recursive: true })
  copyFileSync(join(folder, 'format.wasm'), wasmFile)
  chmodSync(wasmFile, 0o644)
}

/** The content of all that is compiled, headers included. */
function everyFile() {
  const folders = [
    'wasm',
    'cpp/format',
    'cpp/format/ncnn',
    'cpp/format/ncnn/shape',
    'cpp/format/mnn',
    'cpp/tensor',
  ]
  const files = folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((file) => /\.(h|cpp)$/.test(file))
      .map((file) => `${folder}/${file}`),
  )
  return ['cpp/error.h', ...files].map((file) => `${file} ${sha256(readFileSync(join(projectRoot, file)))}`)
}

/** ncnn's enum of layer types, which its build writes, and the reader of MNN's files. */
function engineHeaders() {
  const prefixes = readFileSync(requireEngines(hostTarget()), 'utf8')
  const prefixOf = (engine) => new RegExp(`TWINFER_${engine}_PREFIX "([^"]+)"`).exec(prefixes)[1]
  const ofMnn = join(prefixOf('MNN'), 'include')
  return [
    join(prefixOf('NCNN'), 'include'),
    join(ofMnn, 'schema/current'),
    join(ofMnn, '3rd_party/flatbuffers/include'),
  ]
}
