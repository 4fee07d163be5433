#!/usr/bin/env node
// How late timers are while efficientnet-lite0 runs on the addon's own threads: p50 and p99 of the event
// loop's delay in milliseconds, beside an idle loop.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { open, readNpy } from 'twinfer'
import { models } from './lib/models.mjs'

const SECONDS = 6
const RESOLUTION_MS = 1
const { input: inputFile, files } = models.find(({ name }) => name === 'efficientnet-lite0')
const input = await readNpy(inputFile)
const rows = [await delays('idle', 1, async () => new Promise((resolve) => setTimeout(resolve, 10)))]
for (const [engine, file] of Object.entries(files)) {
  for (const threads of [1, 2]) {
    const model = await open(file, { precision: 'fp32', threads })
    rows.push(await delays(engine, threads, () => model.run(input)))
    await model.dispose()
  }
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }))
else console.table(rows)

async function delays(what, threads, step) {
  await step()
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const until = performance.now() + SECONDS * 1000
  let runs = 0
  for (; performance.now() < until; runs++) await step()
  histogram.disable()
  // The histogram counts the timer's own interval as delay.
  const delay = (share) => Number((histogram.percentile(share) / 1e6 - RESOLUTION_MS).toFixed(2))
  return {
    what,
    threads,
    runs,
    msPerRun: Number(((SECONDS * 1000) / runs).toFixed(1)),
    p50Ms: delay(50),
    p99Ms: delay(99),
  }
}
