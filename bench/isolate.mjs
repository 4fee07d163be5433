#!/usr/bin/env node
// What a process of its own costs: runs of each model here and isolated, in turns, on one thread; medians of all runs, and of
// the differences round by round.
import { performance } from 'node:perf_hooks'
import { open, readNpy } from 'twinfer'
import { models } from './lib/models.mjs'
import { median } from './lib/statistics.mjs'

const rounds = 40
console.log('model                     engine    here ms  isolated ms   more µs   more %')
for (const { name, input: inputFile, files, block } of models) {
  const input = await readNpy(inputFile)
  for (const [engine, file] of Object.entries(files)) {
    const options = { precision: 'fp32', threads: 1 }
    const here = await open(file, options)
    const apart = await open(file, { ...options, isolate: true })
    const run = (model) => {
      const started = performance.now()
      for (let i = 0; i < block; i++) model.runSync(input)
      return (performance.now() - started) / block
    }
    const sides = [here, apart]
    for (const model of sides) run(model)
    // In both orders: whoever comes second finds the other's data in the caches.
    const pairs = Array.from({ length: rounds }, (_, round) =>
      round % 2 ? [...sides].reverse().map(run).reverse() : sides.map(run),
    )
    const [a, b] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])))
    const more = median(pairs.map(([one, other]) => other - one))
    console.log(
      `${name.padEnd(25)} ${engine.padEnd(6)} ${a.toFixed(4).padStart(10)} ${b.toFixed(4).padStart(12)} ${(1000 * more).toFixed(1).padStart(9)} ${((100 * more) / a).toFixed(2).padStart(8)}`,
    )
    await Promise.all(sides.map((model) => model.dispose()))
  }
}
