#!/usr/bin/env node
// Feeds the parsers of cpp/format with damaged files, on libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer:
//   npm run fuzz -- [--seconds N] [TARGET…]
// A file that one of them does not survive is kept, and its path printed. What was learnt stays in build/fuzz for the next time.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from './engines/paths.mjs'
import { hostTarget, requireEngines } from './engines/targets.mjs'
import { generator, output } from './engines/tools.mjs'
import { targets } from './fuzz/targets.mjs'

const folder = join(projectRoot, 'build/fuzz')
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '600' } },
  allowPositionals: true,
})

/** Clang alone is not enough: libFuzzer and the sanitizers are in a package of their own. */
function hasLibFuzzer() {
  const input = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }'
  const flags = ['-fsanitize=fuzzer,address,undefined', '-x', 'c++', '-', '-o', '/dev/null']
  return spawnSync('clang++', flags, { input }).status === 0
}

function build() {
  const engines = requireEngines(hostTarget())
  const settings = ['-DCMAKE_CXX_COMPILER=clang++', `-DTWINFER_ENGINES=${engines}`]
  output('cmake', ['-S', join(projectRoot, 'cpp/test/fuzz'), '-B', folder, ...generator(), ...settings])
  output('cmake', ['--build', folder, '--parallel'])
}

/** Whether the target survived. */
function survives(name) {
  const { longest, seeds, words } = targets[name]
  const folderFor = (purpose) => join(folder, purpose, name)
  const [corpus, seedFolder, findings] = ['corpus', 'seeds', 'findings'].map(folderFor)
  rmSync(seedFolder, { recursive: true, force: true })
  for (const made of [corpus, seedFolder, findings]) mkdirSync(made, { recursive: true })
  for (const [index, bytes] of seeds().entries()) writeFileSync(join(seedFolder, String(index)), bytes)
  const options = {
    max_total_time: values.seconds,
    max_len: longest,
    timeout: 10,
    rss_limit_mb: 2048,
    // Of one allocation: 64 MB are asked for, and hardly touched, to tell a cut .mnn from a damaged one.
    malloc_limit_mb: 65,
    artifact_prefix: `${findings}/`,
    print_final_stats: 1,
    ...(words ? { dict: writeDictionary(name, words()) } : {}),
  }
  const args = Object.entries(options).map(([option, value]) => `-${option}=${value}`)
  const { status, stderr } = spawnSync(join(folder, name), [...args, corpus, seedFolder], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, UBSAN_OPTIONS: 'print_stacktrace=1' },
  })
  writeFileSync(join(folder, `${name}.log`), stderr)
  const executions = /number_of_executed_units: (\d+)/.exec(stderr)?.[1] ?? 'no'
  const coverage = [...stderr.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? 'no'
  console.log(`${name}: ${executions} executions, ${coverage} edges`)
  if (status === 0) return true
  const kept = /Test unit written to (\S+)/.exec(stderr)?.[1] ?? 'an input'
  console.error(`${stderr.split('\n').slice(-60).join('\n')}\ntwinfer: ${name} did not survive ${kept}`)
  return false
}

function writeDictionary(name, words) {
  const file = join(folder, `${name}.dict`)
  // As C writes strings, of which libFuzzer knows no \n.
  const lines = words.map((word) => `${JSON.stringify(word).replaceAll('\\n', '\\x0a')}\n`)
  writeFileSync(file, lines.join(''))
  return file
}

const names = positionals.length > 0 ? positionals : Object.keys(targets)
const unknown = names.find((name) => !(name in targets))
if (unknown !== undefined) {
  console.error(`twinfer: there is no target '${unknown}': expected ${Object.keys(targets).join(', ')}.`)
  process.exitCode = 2
} else if (hasLibFuzzer()) {
  build()
  // All of them, so that one finding does not hide another.
  if (names.filter((name) => !survives(name)).length > 0) process.exitCode = 1
} else {
  console.log('skip   fuzz: no clang++ with libFuzzer (on Debian: clang, and libclang-rt-dev of its version)')
}
