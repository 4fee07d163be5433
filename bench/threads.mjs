#!/usr/bin/env node
// Whether the threads that a model gets by itself are the right ones: milliseconds of a run with one thread, with one for
// each core and with the default, on every network of shared/models and on both engines, beside onnxruntime-node where it
// is installed. With `--busy` another process computes all the time: what a machine with other work leaves of the speed.
// Blocks of all settings alternate. `--json` for programs, `--only NAME` for one network.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { sharedModels } from './lib/sharedModels.mjs'
import { median, quantile } from './lib/statistics.mjs'

const has = (name) => process.argv.includes(name)
const after = (name) => (has(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
const cores = availableParallelism()
const ROUNDS = Number(after('--rounds') ?? 25)
const BLOCK_MS = Number(after('--block') ?? 40)
const ort = await import('onnxruntime-node').catch(() => undefined)
const rows = []

for (const { name, folder, input, onnxInput } of sharedModels(after('--only'))) {
  const tensor = await readNpy(join(folder, input))
  const settings = []
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    for (const threads of [1, cores, undefined]) {
      const options = { precision: 'fp32', ...(threads && { threads }) }
      const model = await open(join(folder, file), options)
      model.runSync(tensor)
      const row = { name, engine: model.engine, threads: threads ?? `default (${model.effective.threads})` }
      settings.push({ row, run: () => model.runSync(tensor), close: () => model.dispose() })
    }
  }
  if (ort && !has('--no-ort')) {
    for (const threads of [1, cores]) settings.push(await peer(name, folder, tensor, onnxInput, threads))
  }
  const times = await measure(settings)
  const busy = has('--busy') ? await beside(() => measure(settings)) : undefined
  for (const [i, { row, close }] of settings.entries()) {
    const ms = quantile(times[i], 0.05)
    rows.push({ ...row, ms: round(ms), medianMs: round(median(times[i])) })
    if (busy)
      Object.assign(rows.at(-1), { busyMs: round(median(busy[i])), left: round(ms / median(busy[i])) })
    await close()
  }
  if (!has('--json')) console.table(rows.splice(0))
}
if (has('--json')) console.log(JSON.stringify({ cores, rows }))

async function peer(name, folder, { data, shape }, input, threads) {
  const session = await ort.InferenceSession.create(join(folder, 'model.onnx'), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  const feeds = { [input]: new ort.Tensor('float32', data, shape) }
  await session.run(feeds)
  return {
    row: { name, engine: 'onnxruntime', threads },
    run: () => session.run(feeds),
    close: () => session.release(),
  }
}

/** Milliseconds a run, block by block; who comes after whom changes from round to round. */
async function measure(settings) {
  const times = settings.map(() => [])
  const order = settings.map((_, i) => i)
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of order) {
      await new Promise((resolve) => setTimeout(resolve, 5)) // what spins after its last run has come to rest
      times[i].push(await block(settings[i].run))
    }
    order.push(order.shift())
  }
  return times
}

async function block(run) {
  await run()
  let runs = 0
  const start = performance.now()
  do {
    await run()
    runs++
  } while (performance.now() - start < BLOCK_MS)
  return (performance.now() - start) / runs
}

/** Beside a process that never rests. */
async function beside(work) {
  const other = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  try {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return await work()
  } finally {
    other.kill('SIGKILL')
  }
}

function round(value) {
  return Number(value.toPrecision(3))
}
