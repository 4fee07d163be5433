#!/usr/bin/env node
// What `compare --layers` adds once the models are loaded, beside one fp32 run, and how much memory traces and
// comparisons take at their highest (each in a process of its own).
//   node bench/layers.mjs [--json] [MODELS]   (MODELS: a folder like ../shared/models)
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './lib/statistics.mjs'

const RUNS = 9
const root = new URL('../', import.meta.url).pathname
const folder =
  process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? join(root, '../shared/models')
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)

const engines = { ncnn: 'model.ncnn.param', mnn: 'model.mnn' }
const references = ['model.onnx', 'model.mnn']
const times = []
const memory = []
for (const file of Object.values(engines)) {
  for (const reference of references.filter((name) => name !== file)) {
    const { runMs, layersMs, rssMb } = child('compare', 'efficientnet-lite0', file, reference)
    const run = median(runMs)
    const added = median(layersMs)
    times.push({
      candidate: file,
      reference,
      runMs: round(run),
      layersMs: round(added),
      barMs: round(10 * run + 300),
      ratio: round(median(layersMs.map((ms, i) => ms / (10 * runMs[i] + 300)))),
    })
    memory.push({ what: `compare efficientnet-lite0 ${reference} ${file}`, rssMb: round(rssMb) })
  }
  memory.push({ what: `trace ppocrv4-det ${file}`, rssMb: round(child('trace', 'ppocrv4-det', file).rssMb) })
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ times, memory }))
else {
  console.table(times)
  console.table(memory)
}

function child(what, model, candidate, reference = candidate) {
  const files = ['input.npy', candidate, reference].map((file) => join(folder, model, file))
  const script = join(root, 'bench/lib/layersOnce.mjs')
  const ran = spawnSync(process.execPath, [script, what, String(RUNS), ...files], { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`${what} ${model} ${candidate} failed\n${ran.stderr}`)
  return JSON.parse(ran.stdout)
}

function round(value) {
  return Number(value.toFixed(2))
}
