#!/usr/bin/env node
// What the addon adds to the engines: runSync against the same loop in C++ on the same static libraries,
// run() against runSync, and load with a first run. Blocks of C++ and JavaScript alternate, so that a
// noisy machine is noisy for both; medians of all runs, and ratios paired block by block. `--json` for
// programs. `--idle-thread` gives the C++ program a second thread that sleeps, as Node has several: glibc's
// malloc is slower then (bench/cpp/overhead.cpp).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { native } from '../dist/native/native.js'
import { buildCppLoop } from './lib/buildCppLoop.mjs'
import { CppLoop } from './lib/CppLoop.mjs'
import { models } from './lib/models.mjs'
import { median } from './lib/statistics.mjs'

const THREADS = 1
const LOADS = 15
const json = process.argv.includes('--json')
const idleThread = process.argv.includes('--idle-thread') ? ['idle-thread'] : []
const program = buildCppLoop()
const folder = mkdtempSync(join(tmpdir(), 'twinfer-bench-'))
const rows = []

for (const { name, input: inputFile, files, block, blocks } of models) {
  const input = await readNpy(inputFile)
  const raw = join(folder, `${name}.raw`)
  writeFileSync(raw, new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength))
  for (const [engine, file] of Object.entries(files)) {
    const options = { precision: 'fp32', threads: THREADS }
    const cppArguments = [
      engine,
      file,
      raw,
      ...input.shape.slice(-3).map(String),
      String(THREADS),
      ...idleThread,
    ]
    const cpp = new CppLoop(program, cppArguments)
    const model = await open(file, options)
    const times = { cpp: [], runSync: [], run: [] }
    const contestants = [
      ['cpp', () => cpp.run(block)],
      ['runSync', () => runSyncTimes(model, input, block)],
      ['run', () => runTimes(model, input, block)],
    ]
    for (let i = 0; i < blocks; i++) {
      for (const [name, measure] of contestants) times[name].push(withoutWarmUp(await measure()))
      contestants.push(contestants.shift()) // who comes after whom changes: a wake from idle is slow for all
    }
    await model.dispose()
    cpp.close()
    const loads = freshLoads(file, inputFile, cppArguments)
    addRow(name, engine, 'runSync', times.cpp, times.runSync)
    addRow(name, engine, 'run over runSync', times.runSync, times.run)
    addRow(name, engine, 'load + first run', loads.cpp, loads.open)
  }
}
rmSync(folder, { recursive: true })
if (json) console.log(JSON.stringify({ rows }))
else printTable()

/** The first runs of a block find the other program's data in the caches, and a core that was idle. */
function withoutWarmUp(times) {
  return times.slice(Math.ceil(times.length / 4))
}

function runSyncTimes(model, input, runs) {
  const times = []
  for (let i = 0; i < runs; i++) {
    const started = process.hrtime.bigint()
    model.runSync(input)
    times.push(Number(process.hrtime.bigint() - started) / 1000)
  }
  return times
}

async function runTimes(model, input, runs) {
  const times = []
  for (let i = 0; i < runs; i++) {
    const started = process.hrtime.bigint()
    await model.run(input)
    times.push(Number(process.hrtime.bigint() - started) / 1000)
  }
  return times
}

/** In new processes on both sides: a second load in the same one would reuse the first one's heap. */
function freshLoads(file, inputFile, cppArguments) {
  const loads = { cpp: [], open: [] }
  const script = join(import.meta.dirname, 'lib/freshLoad.mjs')
  for (let i = 0; i < LOADS; i++) {
    const cpp = spawnSync(program, cppArguments, { input: 'load', encoding: 'utf8' })
    loads.cpp.push([Number(cpp.stdout) * 1000])
    const js = spawnSync(process.execPath, [script, file, inputFile, String(THREADS)], { encoding: 'utf8' })
    loads.open.push([Number(js.stdout) * 1000])
  }
  return loads
}

/** `base` and `ours` hold blocks of times in their order: ratios are medians over pairs of neighbours. */
function addRow(model, engine, mode, base, ours) {
  const paired = base.map((block, i) => [median(block), median(ours[i])])
  rows.push({
    model,
    engine,
    mode,
    cppMedianUs: median(base.flat()),
    jsMedianUs: median(ours.flat()),
    ratio: median(paired.map(([a, b]) => b / a)),
    addedUs: median(paired.map(([a, b]) => b - a)),
  })
}

function printTable() {
  const { ncnn, mnn, compiler } = native().versions
  const cpu = spawnSync('sh', ['-c', "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1"], {
    encoding: 'utf8',
  })
  console.log(
    `ncnn ${ncnn}, MNN ${mnn}, ${compiler}, Node ${process.version}, ${cpu.stdout.trim()}, ${THREADS} thread`,
  )
  console.table(
    rows.map(({ model, engine, mode, cppMedianUs, jsMedianUs, ratio, addedUs }) => ({
      model,
      engine,
      mode,
      'base (µs)': cppMedianUs.toFixed(1),
      'twinfer (µs)': jsMedianUs.toFixed(1),
      ratio: ratio.toFixed(3),
      'added (µs)': addedUs.toFixed(1),
    })),
  )
}
