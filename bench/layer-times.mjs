#!/usr/bin/env node
// The times of traced layers beside a run that shows nothing: their sum has to be that run's time.
//   node bench/layer-times.mjs [--json] [--threads N] [MODELS]   (MODELS: a folder like ../shared/models)
// Both are medians of five runs after one that warms up, the shortest of some rounds in turn: all others hold time
// that somebody else had.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { open, readNpy } from 'twinfer'
import { openTracer } from 'twinfer/compare'
import { median } from './lib/statistics.mjs'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, threads: { type: 'string', default: '2' } },
  allowPositionals: true,
})
const root = new URL('../', import.meta.url).pathname
const folder = positionals[0] ?? join(root, '../shared/models')
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)
const ROUNDS = 9
const threads = Number(values.threads)

const rows = []
for (const name of readdirSync(folder)) {
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    const [path, inputFile] = [join(folder, name, file), join(folder, name, 'input.npy')]
    if (existsSync(path) && existsSync(inputFile)) rows.push(await measure(name, path, inputFile))
  }
}
if (values.json) console.log(JSON.stringify({ threads, rows }))
else {
  console.table(rows)
  const off = rows.filter(({ ratio }) => Math.abs(ratio - 1) > 0.15)
  console.log(`${rows.length - off.length} of ${rows.length} within 15 %`)
}

async function measure(name, path, inputFile) {
  const input = await readNpy(inputFile)
  const options = { precision: 'fp32', threads }
  const model = await open(path, options)
  const tracer = await openTracer(path, options)
  const inputs = { [tracer.inputs[0].name]: input }
  let run = Number.POSITIVE_INFINITY
  let sum = Number.POSITIVE_INFINITY
  let slowest = 0
  for (let round = 0; round < ROUNDS; round++) {
    model.runSync(input)
    const runs = Array.from({ length: 5 }, () => {
      const start = performance.now()
      model.runSync(input)
      return performance.now() - start
    })
    run = Math.min(run, median(runs))
    const times = []
    await tracer.trace(inputs, ({ ms }) => times.push(ms))
    const total = times.reduce((a, b) => a + b, 0)
    if (total > sum) continue
    sum = total
    slowest = Math.max(...times)
  }
  await tracer.dispose()
  await model.dispose()
  return {
    model: `${name} ${path.endsWith('.mnn') ? 'MNN' : 'ncnn'}`,
    runMs: Number(run.toFixed(2)),
    sumOfLayersMs: Number(sum.toFixed(2)),
    slowestLayerMs: Number(slowest.toFixed(2)),
    ratio: Number((sum / run).toFixed(2)),
  }
}
