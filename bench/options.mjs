#!/usr/bin/env node
// What an option of open() costs a run: of each model without it and with it, in turns, on one thread; medians of all runs,
// and of the differences round by round.
//   node bench/options.mjs isolate|limits|memory   (memory: the limit that holds by default)
import { performance } from 'node:perf_hooks'
import { open, readNpy } from 'twinfer'
import { models } from './lib/models.mjs'
import { median } from './lib/statistics.mjs'

const cases = {
  isolate: [{}, { isolate: true }],
  limits: [{ limits: { memory: Infinity } }, { limits: { ms: 60_000, elements: 1e9 } }],
  memory: [{ limits: { memory: Infinity } }, {}],
}
const wanted = cases[process.argv[2]]
if (!wanted) throw new Error(`expected ${Object.keys(cases).join(' or ')}, received ${process.argv[2]}`)
const rounds = 40
console.log(
  `model                     engine without ms ${`${process.argv[2]} ms`.padStart(12)}   more µs   more %`,
)
for (const { name, input: inputFile, files, block } of models) {
  const input = await readNpy(inputFile)
  for (const [engine, file] of Object.entries(files)) {
    const options = { precision: 'fp32', threads: 1 }
    const sides = await Promise.all(wanted.map((more) => open(file, { ...options, ...more })))
    const run = (model) => {
      const started = performance.now()
      for (let i = 0; i < block; i++) model.runSync(input)
      return (performance.now() - started) / block
    }
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
