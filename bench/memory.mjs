#!/usr/bin/env node
// RSS growth after warm-up: 100,000 runs of digits8-cnn on each engine, sync and async, and 1,000
// cycles of open, run and dispose. Run with --expose-gc. `--runs N` and `--cycles N` for a shorter look.
import { parseArgs } from 'node:util'
import { open, readNpy } from 'twinfer'
import { models } from './lib/models.mjs'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    cycles: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
const cycles = Number(values.cycles)
const { input: inputFile, files } = models.find(({ name }) => name === 'digits8-cnn')
const input = await readNpy(inputFile)
const rows = []

for (const [engine, file] of Object.entries(files)) {
  const options = { precision: 'fp32', threads: 1 }
  const model = await open(file, options)
  await measure(engine, `${runs} runSync`, runs, async () => model.runSync(input), 1000)
  await measure(engine, `${runs} run`, runs, () => model.run(input))
  await model.dispose()
  await measure(engine, `${cycles} open, run, dispose`, cycles, async () => {
    const once = await open(file, options)
    await once.run(input)
    await once.dispose()
  })
}
if (values.json) console.log(JSON.stringify({ rows }))
else console.table(rows.map(({ growthMib, ...row }) => ({ ...row, 'growth (MiB)': growthMib.toFixed(2) })))

/**
 * From the lowest of five readings over a fifth of the work as warm-up to the lowest of five over the last
 * fifth: malloc keeps and gives back some MiB as it likes, a leak only adds. `breathe` lets finalisers run
 * every so many steps, as a program would.
 */
async function measure(engine, what, count, step, breathe = Number.POSITIVE_INFINITY) {
  const work = async (times) => {
    for (let i = 0; i < times; i++) {
      await step()
      if (i % breathe === breathe - 1) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const lowest = async () => {
    let low = Number.POSITIVE_INFINITY
    for (let i = 0; i < 5; i++) {
      await work(count / 25)
      low = Math.min(low, await settledRss())
    }
    return low
  }
  const before = await lowest()
  await work((count * 4) / 5)
  rows.push({ engine, what, growthMib: (await lowest()) - before })
}

async function settledRss() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage.rss() / 2 ** 20
}
