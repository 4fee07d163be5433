#!/usr/bin/env node
// Runs the tests of the engines on the prebuilt addon of an ARM target under QEMU: `--target linux-arm64` or
// `linux-arm`, and names of test files if not all. Says what is missing, and ends with 0, where QEMU, the target's
// libraries or the prebuilt addon are absent.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { compileTests } from './arm/compileTests.mjs'
import { emulatedNode, emulatorOf, missingFor } from './arm/emulator.mjs'
import { projectRoot } from './engines/paths.mjs'
import { targetsOf } from './engines/targets.mjs'

// Beside the CPU that can do everything, the least that the target runs on: there the engines have to choose the
// kernels without fp16 arithmetic and dot products, or the process ends with an illegal instruction.
const leastCpu = { 'linux-arm64': 'cortex-a53', 'linux-arm': 'cortex-a7' }

const engineTests = /^((arm|mnn|model|ncnn)\/(?!fuzz).*|models\/shared-models)\.js$/

/** Other processes, such as the command line and isolated models, cannot run without the emulator. */
function startsProcesses(file) {
  const starts = /\/helpers\/cli\.js|isolate: true|node:child_process/.test(readFileSync(file, 'utf8'))
  if (starts) console.log(`skip   ${file} (it starts processes)`)
  return starts
}

const [target] = targetsOf(process.argv.slice(2))
const chosen = process.argv.slice(2).filter((argument) => argument.endsWith('.ts'))
const reason =
  missingFor(target) ?? (prebuilt() ? undefined : `run \`npm run prebuild -- --target ${target.name}\``)
if (reason) console.log(`skip   ${target.name}: ${reason}`)
else await runAll()

function prebuilt() {
  const folder = join(projectRoot, 'prebuilds', target.name)
  return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.node'))
}

async function runAll() {
  const folder = compileTests()
  const recorder = join(import.meta.dirname, 'arm/recordPack.mjs')
  spawnSync(process.execPath, [recorder, join(folder, 'golden.twin')], { cwd: projectRoot, stdio: 'inherit' })
  const wanted = chosen.map((file) => file.replace(/^test\//, '').replace(/\.ts$/, '.js'))
  const ofEngines = () =>
    readdirSync(folder, { recursive: true }).filter(
      (file) => engineTests.test(file) && !startsProcesses(join(folder, file)),
    )
  const files = wanted.length > 0 ? wanted : ofEngines()
  const runs = files.map((file) => ({ file, cpu: 'max' }))
  if (wanted.length === 0) runs.push({ file: 'model/run.js', cpu: leastCpu[target.name] })
  const total = { pass: 0, fail: 0, skip: 0 }
  if (wanted.length === 0) total[testKernels()]++
  for (const { file, cpu } of runs) {
    const node = await emulatedNode(target, cpu)
    const started = performance.now()
    const counts = await runFile([...node, '--expose-gc', join(folder, file)])
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.log(
      `${counts.fail ? 'NOT OK' : 'ok    '} ${file} on ${cpu}: ${counts.pass} passed (${seconds} s)`,
    )
    for (const key of Object.keys(total)) total[key] += counts[key]
  }
  console.log(`\n${target.name}: ${total.pass} passed, ${total.fail} failed, ${total.skip} skipped`)
  if (total.fail > 0 || total.pass === 0) process.exitCode = 1
}

/** The C++ test of the layers that stand in for ncnn's, in the folder that the addon was built in. */
function testKernels() {
  const folder = join(projectRoot, 'build', target.name, 'addon')
  if (!existsSync(join(folder, 'build.ninja'))) {
    console.log(`skip   kernels_test (it is built beside the addon, which was not built here)`)
    return 'skip'
  }
  const [program, ...args] = emulatorOf(target)
  for (const command of [
    ['cmake', '--build', folder, '--target', 'kernels_test'],
    [program, ...args, join(folder, 'cpp/kernels_test')],
  ]) {
    const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
    if (status === 0) continue
    console.log(`${stdout}${stderr}\nNOT OK kernels_test on max`)
    return 'fail'
  }
  console.log('ok     kernels_test on max')
  return 'pass'
}

/** Counts the tests of one file; a file that ends badly counts as one failure. */
function runFile([program, ...args]) {
  return new Promise((resolve) => {
    // Only prebuilds/: build/Release is for another machine. The limit of a test is tap's, for a real machine.
    const env = { ...process.env, PREBUILDS_ONLY: '1', TAP_TIMEOUT: '0' }
    const child = spawn(program, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const counts = { pass: 0, fail: 0, skip: 0 }
    const parser = new Parser()
    parser.on('child', printFailures)
    parser.on('assert', ({ ok, skip, name }) => {
      if (skip) console.log(`skip   ${name} (${skip})`)
      counts[skip ? 'skip' : ok ? 'pass' : 'fail']++
    })
    child.stdout.pipe(parser)
    child.on('close', (code) => {
      if (code !== 0 && counts.fail === 0) counts.fail = 1
      resolve(counts)
    })
  })
}

/** What failed inside a test, at whatever depth. */
function printFailures(test) {
  test.on('child', printFailures)
  test.on('assert', ({ ok, name, diag }) => {
    if (!ok) console.log(`FAILED ${test.name}: ${name}\n${JSON.stringify(diag, null, 2)}`)
  })
}
