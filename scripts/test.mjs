#!/usr/bin/env node
// Runs the tap tests, or the files given, and closes with a line that counts them:
//   N passed, N failed, N skipped
// `--sanitize` runs them on the addon of `npm run build:sanitize`; `--workers` in worker threads.
// Where no addon was built, a test that failed for the lack of it is skipped, and said to be: those of TypeScript alone can
// be run in a checkout without the engines.
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { projectRoot } from './engines/paths.mjs'

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')))
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const hasAddon = flags.has('--sanitize') || isAddonThere()
const env = {
  ...process.env,
  ...(flags.has('--sanitize') ? sanitizerEnvironment() : {}),
  // For test/helpers, which look at what other processes say.
  ...(hasAddon ? {} : { TWINFER_TEST_WITHOUT_ADDON: '1' }),
}
if (!hasAddon)
  console.log(
    'No addon is built: what needs it is skipped. `npm run build` makes it (minutes, the first time).\n',
  )
const preloaded = [
  ...(flags.has('--workers') ? ['inWorker.mjs'] : []),
  ...(hasAddon ? [] : ['sayWhatEndsIt.mjs']),
]
const nodeArguments = preloaded.map(
  (file) => `--node-arg=--import=${join(projectRoot, 'test/helpers', file)}`,
)
const tap = createRequire(import.meta.url)
  .resolve('tap/package.json')
  .replace('package.json', 'dist/esm/run.mjs')

/** What a test says that looked for the addon, or for the WebAssembly that is built after it, in vain. */
const lacksAddon = /TWINFER_NATIVE_LOAD_FAILED|could not load the twinfer addon|dist\/format\.wasm/
const isLacking = (name, diag) => !hasAddon && lacksAddon.test(JSON.stringify([name, diag]))
const NO_ADDON = 'needs the addon, which is not built'

const counts = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const lacking = new Set()
const parser = new Parser({ bail: false })
parser.on('child', watchFile)
parser.on('assert', ({ ok, name, time }) => {
  const failed = failures.some((failure) => failure.file === name)
  const onlyLacks = !failed && lacking.has(name)
  const word = ok ? 'ok    ' : onlyLacks ? 'skip  ' : 'NOT OK'
  console.log(`${word} ${name} (${((time ?? 0) / 1000).toFixed(1)} s)`)
  if (!ok && !failed && !onlyLacks) {
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
  // tap's own code also counts what lacks the addon as failed.
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : lacking.size > 0 ? 0 : code
})

/** Counts the named tests of one file, and keeps what failed in them. */
function watchFile(file) {
  const skippedInside = new Map()
  const failedInside = []
  // Ended before its first test.
  file.on('comment', (comment) => {
    if (!isLacking(comment)) return
    lacking.add(file.name)
    console.log(`skip   ${file.name}: all of it (${NO_ADDON})`)
    counts.skipped++
  })
  file.on('child', (test) => {
    test.on('assert', ({ ok, name, diag, skip }) => {
      if (skip) skippedInside.set(test.name, skip === true ? name : skip)
      if (!ok && isLacking(name, diag)) skippedInside.set(test.name, NO_ADDON)
      if (!ok)
        failedInside.push({
          file: file.name,
          title: `${test.name}: ${name}`,
          diag: JSON.stringify(diag, null, 2),
        })
    })
  })
  file.on('assert', ({ ok, name, diag, skip }) => {
    const lacks = !ok && (skippedInside.get(name) === NO_ADDON || isLacking(name, diag))
    if (lacks) lacking.add(file.name)
    const reason = lacks ? NO_ADDON : skip || skippedInside.get(name)
    if (reason) console.log(`skip   ${file.name}: ${name} (${reason})`)
    counts[reason ? 'skipped' : ok ? 'passed' : 'failed']++
    const inside = failedInside.splice(0)
    if (ok || lacks) return
    failures.push(...(inside.length > 0 ? inside : [{ file: file.name, title: name, diag: '' }]))
  })
}

function isAddonThere() {
  if (process.env.TWINFER_ADDON) return true
  try {
    return Boolean(createRequire(import.meta.url)('node-gyp-build').path(projectRoot))
  } catch {
    return false
  }
}

function sanitizerEnvironment() {
  const library = (name) => spawnSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()
  return {
    TWINFER_ADDON: join(projectRoot, 'build/Sanitize/twinfer.node'),
    LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
    // Node and V8 keep much until exit; leaks are bench/memory.mjs's business.
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
    UBSAN_OPTIONS: `halt_on_error=1:print_stacktrace=1:suppressions=${join(projectRoot, 'cmake/sanitize-suppressions.txt')}`,
    TWINFER_TEST_PATIENCE: process.env.TWINFER_TEST_PATIENCE ?? '5',
    TAP_TIMEOUT: process.env.TAP_TIMEOUT ?? '900',
  }
}
