#!/usr/bin/env node
// Models that come and go: open, run and dispose in four worker threads at once, models that only the collector frees, isolated
// ones, and processes that are started while others run. After a warm-up nothing may be left: file descriptors, threads, child
// processes and memory are counted before and after.
//   node --expose-gc bench/lifetimes.mjs [--count 1000] [--json]
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { open, readNpy } from 'twinfer'
import { models } from './lib/models.mjs'

const { input: inputFile, files } = models.find(({ name }) => name === 'digits8-cnn')
const input = await readNpy(inputFile)
const atOnce = 4

if (isMainThread) await main()
else await cycles(workerData.count)

async function main() {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '1000' }, json: { type: 'boolean', default: false } },
  })
  const count = Number(values.count)
  const works = {
    'open, run, dispose': () => cycles(count),
    [`the same in ${atOnce} workers at once`]: () => inWorkers(Math.ceil(count / atOnce)),
    'left to the collector': () => leftToCollector(count),
    'runs of several lanes, given up': () => givenUp(count),
    isolated: () => cycles(Math.ceil(count / 20), { isolate: true }),
    'other processes, started during runs': () => duringRuns(Math.ceil(count / 20)),
  }
  const rows = []
  for (const [what, work] of Object.entries(works)) {
    await work() // the engines' own threads and pools stay once they are there
    const before = await held()
    await work()
    rows.push({ what, before, after: await held() })
  }
  if (values.json) console.log(JSON.stringify({ count, rows }))
  else
    console.table(
      rows.map(({ what, before, after }) => ({
        what,
        ...Object.fromEntries(Object.keys(before).map((key) => [key, `${before[key]} → ${after[key]}`])),
      })),
    )
}

async function cycles(count, options = {}) {
  for (let i = 0; i < count; i++) {
    for (const file of Object.values(files)) {
      const model = await open(file, { ...options, threads: 1 + (i % 2) })
      await model.run(input)
      await model.dispose()
    }
  }
}

async function inWorkers(count) {
  const workers = Array.from(
    { length: atOnce },
    () => new Worker(new URL(import.meta.url), { workerData: { count } }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
}

async function leftToCollector(count) {
  for (let i = 0; i < count; i++) {
    for (const file of Object.values(files)) (await open(file)).runSync(input)
    if (i % 20 === 19) await collect()
  }
  await collect()
}

async function givenUp(count) {
  for (const file of Object.values(files)) {
    const model = await open(file, { lanes: 2 })
    for (let i = 0; i < count; i++) {
      const abort = new AbortController()
      const runs = [1, 2, 3].map(() => model.run(input, { signal: abort.signal }).catch(() => undefined))
      abort.abort()
      await Promise.all(runs)
    }
    await model.dispose()
  }
}

/** A process that inherits descriptors or threads would keep them. */
async function duringRuns(count) {
  for (const file of Object.values(files)) {
    const model = await open(file)
    for (let i = 0; i < count; i++) {
      const run = model.run(input)
      const inherited = 'process.stdout.write(String(require("fs").readdirSync("/proc/self/fd").length))'
      const { stdout } = spawnSync(process.execPath, ['-e', inherited], { encoding: 'utf8' })
      if (!(Number(stdout) < 40)) throw new Error(`expected a few descriptors in a child, received ${stdout}`)
      await run
    }
    await model.dispose()
  }
}

/** Finalisers run between two turns of the event loop. */
async function collect() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await sleep(1)
  }
}

/** What this process has, once nothing of it is on its way out any more. */
async function held() {
  const counts = () => ({
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    children: readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)
      .length,
  })
  let [found, rss] = [counts(), Number.POSITIVE_INFINITY]
  for (let i = 0; i < 20; i++) {
    await collect()
    await sleep(20)
    const now = counts()
    found = Object.fromEntries(Object.keys(now).map((key) => [key, Math.min(now[key], found[key])]))
    rss = Math.min(rss, process.memoryUsage().rss)
  }
  return { ...found, rssMiB: Math.round(rss / 2 ** 20) }
}
