#!/usr/bin/env node
// What comparing costs. First the C++ core alone: metrics over two float32 tensors of 100 MB against a loop that
// only reads them, on 1 and 2 threads; the bar is half of its bandwidth. Then compareTensors itself on tensors of
// many sizes, in the addon and in JavaScript. Contestants take turns; medians, and medians of the rounds' ratios.
// `--json` for programs.
import { spawnSync } from 'node:child_process'
import { compareTensors, quickError, Tensor } from 'twinfer/compare'
import { measurePlainly } from '../dist/compare/measure/measurePlainly.js'
import { native } from '../dist/native/native.js'
import { buildCppLoop } from './lib/buildCppLoop.mjs'
import { median } from './lib/statistics.mjs'

const BAR = 0.5
const core = measureCore()
const sizes = [64, 256, 1000, 10000, 100000, 1000000, 25000000].map(measureSize)
if (process.argv.includes('--json')) console.log(JSON.stringify({ core, sizes }))
else printTables()

function measureCore() {
  const { stdout } = spawnSync(buildCppLoop('metrics'), { encoding: 'utf8' })
  const { kernels, bytes, rows } = JSON.parse(stdout)
  const shares = ({ readMs, ...others }) =>
    Object.fromEntries(
      Object.entries(others)
        .filter(([, times]) => Array.isArray(times))
        .map(([name, times]) => [name.replace('Ms', ''), median(times.map((time, i) => readMs[i] / time))]),
    )
  return {
    kernels,
    rows: rows.map((row) => ({
      threads: row.threads,
      readGBs: bytes / median(row.readMs) / 1e6,
      measureMs: median(row.measureMs),
      share: shares(row),
    })),
  }
}

function measureSize(elements) {
  const values = Float32Array.from({ length: elements }, (_, i) => Math.sin(i))
  const reference = new Tensor(values, [1, 1, 1, elements])
  const candidate = new Tensor(
    values.map((value, i) => value * (1 + 1e-5 * Math.cos(i))),
    [1, 1, 1, elements],
  )
  const request = { explainedRms: 4 }
  const contestants = {
    compareTensorsUs: () => compareTensors(reference, candidate),
    quickErrorUs: () => quickError(reference.data, candidate.data),
    nativeUs: () => native().metrics.measure(reference.data, 'float32', candidate.data, 'float32', request),
    javascriptUs: () => measurePlainly(reference, candidate, request),
  }
  const repeats = Math.max(1, Math.min(2000, Math.round(200000 / elements)))
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round < (elements > 1e6 ? 3 : 15); round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const started = process.hrtime.bigint()
      for (let i = 0; i < repeats; i++) run()
      times[name].push(Number(process.hrtime.bigint() - started) / 1000 / repeats)
    }
  }
  return {
    elements,
    ...Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)])),
  }
}

function printTables() {
  console.log(`two float32 tensors of 100 MB, ${core.kernels} kernels; share of the read loop's bandwidth:`)
  console.table(
    core.rows.map(({ threads, readGBs, measureMs, share }) => ({
      threads,
      'read loop (GB/s)': readGBs.toFixed(1),
      'metrics (ms)': measureMs.toFixed(1),
      'metrics (share)': share.measure.toFixed(2),
      'bar reached': share.measure >= BAR,
      'sums alone (share)': share.sums.toFixed(2),
      'argmax of 64 (share)': share.argmax.toFixed(2),
    })),
  )
  console.log('microseconds of one comparison:')
  console.table(sizes.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, round(v)]))))
}

function round(value) {
  return Number(value.toPrecision(3))
}
