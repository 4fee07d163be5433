#!/usr/bin/env node
// What `require('twinfer')` and `import 'twinfer/compare'` cost over an empty script, and what loading the addon adds:
// whole processes, interleaved, medians of paired differences. `--against FOLDER` imports the compare door of another
// checkout's dist as well, beside ours.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from './lib/statistics.mjs'

const ROUNDS = 31
const {
  values: { against, json },
} = parseArgs({ options: { against: { type: 'string' }, json: { type: 'boolean' } } })
const scripts = {
  empty: '',
  "require('twinfer')": "require('twinfer')",
  'and load the addon': "require('twinfer/ncnn').cpuInfo()",
  "import 'twinfer/compare'": "import 'twinfer/compare'",
  ...(against && {
    'the same of the other': `import '${pathToFileURL(resolve(against, 'dist/compare.js'))}'`,
  }),
}
const times = Object.fromEntries(Object.keys(scripts).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, script] of Object.entries(scripts)) {
    const started = performance.now()
    const { status, stderr } = spawnSync(
      process.execPath,
      [`--input-type=${script.startsWith('import') ? 'module' : 'commonjs'}`, '-e', script],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(stderr)
    times[name].push(performance.now() - started)
  }
}
const rows = Object.entries(times).map(([script, all]) => ({
  script,
  medianMs: Number(median(all).toFixed(1)),
  addedMs: Number(median(all.map((time, round) => time - times.empty[round])).toFixed(1)),
}))
if (json) console.log(JSON.stringify({ rows }))
else console.table(rows)
