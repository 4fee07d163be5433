#!/usr/bin/env node
// Runs the tap tests, or the files given, and closes with a line that counts them:
//   N passed, N failed, N skipped
// `--sanitize` runs them on the addon of `npm run build:sanitize`; `--workers` in worker threads.
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { projectRoot } from './engines/paths.mjs'

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')))
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const env = { ...process.env, ...(flags.has('--sanitize') ? sanitizerEnvironment() : {}) }
const nodeArguments = flags.has('--workers')
  ? [`--node-arg=--import=${join(projectRoot, 'test/helpers/inWorker.mjs')}`]
  : []
const tap = createRequire(import.meta.url)
  .resolve('tap/package.json')
  .replace('package.json', 'dist/esm/run.mjs')

const counts = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const parser = new Parser({ bail: false })
parser.on('child', watchFile)
parser.on('assert', ({ ok, name, time }) => {
  console.log(`${ok ? 'ok    ' : 'NOT OK'} ${name} (${((time ?? 0) / 1000).toFixed(1)} s)`)
  if (!ok && !failures.some((failure) => failure.file === name)) {
    counts.failed++
    failures.push({ file: name, title: 'ended badly', diag: 'see above' })
  }
})
const child = spawn(process.execPath, [tap, '--reporter=tap', ...nodeArguments, ...files], {
  cwd: projectRoot,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
})
child.stdout.pipe(parser)
child.on('close', (code) => {
  for (const { file, title, diag } of failures) console.log(`\nFAILED ${file}: ${title}\n${diag}`)
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : code
})

/** Counts the named tests of one file, and keeps what failed in them. */
function watchFile(file) {
  const skippedInside = new Map()
  file.on('child', (test) => {
    test.on('assert', ({ ok, name, diag, skip }) => {
      if (skip) skippedInside.set(test.name, skip === true ? name : skip)
      if (!ok)
        failures.push({
          file: file.name,
          title: `${test.name}: ${name}`,
          diag: JSON.stringify(diag, null, 2),
        })
    })
  })
  file.on('assert', ({ ok, name, skip }) => {
    const reason = skip || skippedInside.get(name)
    if (reason) console.log(`skip   ${file.name}: ${name} (${reason})`)
    counts[reason ? 'skipped' : ok ? 'passed' : 'failed']++
    if (!ok && !failures.some((failure) => failure.file === file.name))
      failures.push({ file: file.name, title: name, diag: '' })
  })
}

function sanitizerEnvironment() {
  const library = (name) => spawnSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()
  return {
    TWINFER_ADDON: join(projectRoot, 'build/Sanitize/twinfer.node'),
    LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
    // Node and V8 keep much until exit; leaks are bench/memory.mjs's business.
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  }
}
