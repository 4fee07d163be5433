#!/usr/bin/env node
// What the addon adds to the engines: runSync against the same loop in C++ on the same static libraries,
// run() against runSync, and load with a first run. Blocks of C++ and JavaScript alternate, so that a
// noisy machine is noisy for both; medians over all blocks. `--json` for programs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { native } from '../dist/native.js'
import { buildCppLoop } from './lib/buildCppLoop.mjs'
import { CppLoop } from './lib/CppLoop.mjs'
import { models } from './lib/models.mjs'
import { median } from './lib/statistics.mjs'

const THREADS = 1
const LOADS = 15
const json = process.argv.includes('--json')
const program = buildCppLoop()
const folder = mkdtempSync(join(tmpdir(), 'twinfer-bench-'))
const rows = []

for (const { name, input: inputFile, files, block, blocks } of models) {
  const input = await readNpy(inputFile)
  const raw = join(folder, `${name}.raw`)
  writeFileSync(raw, new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength))
  for (const [engine, file] of Object.entries(files)) {
    const options = { precision: 'fp32', threads: THREADS }
    const cpp = new CppLoop(program, [
      engine,
      file,
      raw,
      ...input.shape.slice(-3).map(String),
      String(THREADS),
    ])
    const model = await open(file, options)
    const times = { cpp: [], runSync: [], run: [] }
    for (let i = 0; i < blocks; i++) {
      times.cpp.push(...withoutWarmUp(await cpp.run(block)))
      times.runSync.push(...withoutWarmUp(runSyncTimes(model, input, block)))
      times.run.push(...withoutWarmUp(await runTimes(model, input, block)))
    }
    const loads = { cpp: [], open: [] }
    for (let i = 0; i < LOADS; i++) {
      loads.cpp.push((await cpp.load()) * 1000)
      loads.open.push(await loadTime(file, options, input))
    }
    await model.dispose()
    cpp.close()
    addRow(name, engine, 'runSync', times.cpp, times.runSync)
    addRow(name, engine, 'run over runSync', times.runSync, times.run)
    addRow(name, engine, 'load + first run', loads.cpp, loads.open)
  }
}
rmSync(folder, { recursive: true })
if (json) console.log(JSON.stringify({ rows }))
else printTable()

/** The first runs of a block find the other program's data in the caches. */
function withoutWarmUp(times) {
  return times.slice(Math.ceil(times.length / 10))
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

async function loadTime(file, options, input) {
  const started = process.hrtime.bigint()
  const model = await open(file, options)
  model.runSync(input)
  const time = Number(process.hrtime.bigint() - started) / 1000
  await model.dispose()
  return time
}

function addRow(model, engine, mode, base, ours) {
  const cppMedianUs = median(base)
  const jsMedianUs = median(ours)
  rows.push({
    model,
    engine,
    mode,
    cppMedianUs,
    jsMedianUs,
    ratio: jsMedianUs / cppMedianUs,
    addedUs: jsMedianUs - cppMedianUs,
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
