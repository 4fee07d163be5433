#!/usr/bin/env node
// Ends worker threads with worker.terminate() at any moment of any call, on both engines, four threads at once:
//   node --expose-gc bench/terminations.mjs [--count 1000] [--call NAME] [--json]
// No process may abort, hang or grow. A worker that works is ended up to 20 ms later; one that loads the addon,
// at any moment of its first 150 ms. RSS is the lowest reading of five in each tenth; the first is the warm-up.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { models } from './lib/models.mjs'

const atOnce = 4
const withoutEngine = ['compareTensorsAsync']
const calls = [
  ...['load', 'open', 'open, left open', 'open, refused', 'run', 'run, 8 in flight', 'run, given up'],
  ...['run, refused', 'run of a tensor between layers', 'runSync', 'runSync beside run', 'logger'],
  ...['compareTensorsAsync', 'traceLayers', 'compareLayers', 'direct bindings'],
]
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    call: { type: 'string' },
    json: { type: 'boolean', default: false },
    inside: { type: 'boolean', default: false },
  },
})
const { input, files } = models.find(({ name }) => name === 'digits8-cnn')
const kinds = calls
  .filter((call) => call === (values.call ?? call))
  .flatMap((call) => Object.keys(files).map((engine) => ({ call, engine })))
  .filter(({ call, engine }) => engine === 'ncnn' || !withoutEngine.includes(call))

if (values.inside) await terminateAll()
else report()

/** The terminations have a process of their own, so that an abort is a line of the report. */
function report() {
  const started = performance.now()
  const script = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--inside']
  const child = spawnSync(process.execPath, ['--expose-gc', ...script], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = child.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const rss = lines.filter((line) => line.rssMib !== undefined).map(({ rssMib }) => rssMib)
  const ended = lines.filter((line) => line.ended !== undefined)
  const rows = kinds.map(({ call, engine }) => {
    const own = ended.filter((line) => line.call === call && line.engine === engine)
    const failed = own.filter(({ failure }) => failure !== null)
    return { call, engine, terminated: own.length, failed: failed.length, failure: failed[0]?.failure ?? '' }
  })
  const document = {
    rows,
    terminated: ended.length,
    died: child.signal ?? (child.status === 0 ? null : `exit code ${child.status}`),
    rssMib: rss,
    growthMib: rss.length > 2 ? rss.at(-1) - Math.min(...rss.slice(1, 3)) : null,
    seconds: (performance.now() - started) / 1000,
  }
  if (values.json) console.log(JSON.stringify(document))
  else {
    console.table(rows)
    console.log(
      `${document.terminated} terminations in ${document.seconds.toFixed(0)} s; process ${document.died ?? 'ended well'}`,
    )
    console.log(`RSS after each tenth (MiB): ${rss.map((mib) => mib.toFixed(0)).join(' ')}`)
  }
  const bad =
    document.died !== null ||
    document.terminated < Number(values.count) ||
    rows.some(({ failed }) => failed > 0)
  process.exitCode = bad ? 1 : 0
}

async function terminateAll() {
  const count = Number(values.count)
  const tenth = Math.max(1, Math.ceil(count / 10))
  let next = 0
  const lane = async (end) => {
    while (next < end) {
      const kind = kinds[next % kinds.length]
      next++
      const failure = await terminateOne(kind)
      console.log(JSON.stringify({ ended: true, ...kind, failure }))
    }
  }
  while (next < count) {
    const end = Math.min(count, next + tenth)
    await Promise.all(Array.from({ length: atOnce }, () => lane(end)))
    console.log(JSON.stringify({ rssMib: await settledRss() }))
  }
}

/** null, or what the worker died of before it was terminated. */
async function terminateOne({ call, engine }) {
  const weights = files.ncnn.replace(/param$/, 'bin')
  const worker = new Worker(new URL('./lib/terminatedWork.mjs', import.meta.url), {
    workerData: { call, engine, model: files[engine], weights, input },
  })
  let failure = null
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.on('error', (error) => {
    failure = error.message
  })
  const working = new Promise((resolve) => worker.once('message', resolve))
  if (call === 'load') await sleep(Math.random() * 150)
  else {
    await Promise.race([working, ended])
    await sleep(Math.random() * 20)
  }
  await worker.terminate()
  await ended
  return failure
}

async function settledRss() {
  let lowest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) {
    globalThis.gc()
    await sleep(20)
    lowest = Math.min(lowest, process.memoryUsage.rss() / 2 ** 20)
  }
  return lowest
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
