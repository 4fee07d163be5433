#!/usr/bin/env node
// What `require('twinfer')` costs over an empty script, and what loading the addon adds: whole processes,
// interleaved, medians of paired differences.
import { spawnSync } from 'node:child_process'
import { median } from './lib/statistics.mjs'

const ROUNDS = 31
const scripts = {
  empty: '',
  "require('twinfer')": "require('twinfer')",
  'and load the addon': "require('twinfer/ncnn').cpuInfo()",
}
const times = Object.fromEntries(Object.keys(scripts).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, script] of Object.entries(scripts)) {
    const started = performance.now()
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    times[name].push(performance.now() - started)
  }
}
const rows = Object.entries(times).map(([script, all]) => ({
  script,
  medianMs: Number(median(all).toFixed(1)),
  addedMs: Number(median(all.map((time, round) => time - times.empty[round])).toFixed(1)),
}))
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }))
else console.table(rows)
