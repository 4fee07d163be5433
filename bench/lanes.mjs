#!/usr/bin/env node
// How much more two lanes of one thread get done than one lane of one thread, on every network of shared/models and on
// both engines: runs a second through runMany, in blocks that alternate, and the ratio block by block. It takes a machine
// with two idle cores; what the best pair of blocks reached stands beside the median, for those that are not. `--json` for
// programs, `--only NAME` for one network, `--rounds COUNT`.
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { sharedModels } from './lib/sharedModels.mjs'
import { median } from './lib/statistics.mjs'

const after = (name) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined
const ROUNDS = Number(after('--rounds') ?? 15)
const BLOCK_MS = 300
const rows = []

for (const { name, folder, input } of sharedModels(after('--only'))) {
  const tensor = await readNpy(join(folder, input))
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    const one = await open(join(folder, file), { precision: 'fp32', threads: 1, lanes: 1 })
    const two = await open(join(folder, file), { precision: 'fp32', threads: 1, lanes: 2 })
    const [rates, ratios, cpu] = [[], [], []]
    for (let round = 0; round < ROUNDS; round++) {
      const first = await runMany(round % 2 ? two : one, tensor)
      const second = await runMany(round % 2 ? one : two, tensor)
      const [ofOne, ofTwo] = round % 2 ? [second, first] : [first, second]
      rates.push([ofOne.rate, ofTwo.rate])
      ratios.push(ofTwo.rate / ofOne.rate)
      cpu.push(ofTwo.cpu / ofOne.cpu)
    }
    rows.push({
      name,
      engine: one.engine,
      oneLane: shorten(median(rates.map(([rate]) => rate))),
      twoLanes: shorten(median(rates.map(([, rate]) => rate))),
      ratio: shorten(median(ratios)),
      cpu: shorten(median(cpu)),
    })
    await Promise.all([one.dispose(), two.dispose()])
  }
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }))
else console.table(rows)

async function runMany(model, tensor) {
  await model.run(tensor)
  let isOver = false
  const items = function* () {
    while (!isOver) yield tensor
  }
  let runs = 0
  const before = process.cpuUsage()
  const start = performance.now()
  for await (const _ of model.runMany(items())) {
    runs++
    isOver = performance.now() - start > BLOCK_MS
  }
  const rate = (1000 * runs) / (performance.now() - start)
  const { user, system } = process.cpuUsage(before)
  return { rate, cpu: (user + system) / runs }
}

function shorten(value) {
  return Number(value.toPrecision(3))
}
