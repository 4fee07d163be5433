#!/usr/bin/env node
// How much sooner an evaluation ends with samples beside each other than with one at a time: both on the same set of inputs, on
// the threads that a model gets by itself, in turns; the ratio by the clock (with the quarter of the rounds above and below
// it, as other work on the machine moves it much) and by processor time. `isSame`: whether the results are those of one
// sample at a time on as many threads as a lane has. MNN rounds otherwise on other numbers of threads. `--json` for programs,
// `--only NAME`, `--samples COUNT`, `--rounds COUNT`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { evaluateOpened } from '../dist/eval/evaluate.js'
import { lanesFor } from '../dist/eval/lanesFor.js'
import { ModelFile } from '../dist/file/ModelFile.js'
import { openRunnable } from '../dist/pack/openRunnable.js'
import { sharedModels } from './lib/sharedModels.mjs'
import { median, quantile } from './lib/statistics.mjs'

const after = (name) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined
const [rounds, samples] = [Number(after('--rounds') ?? 5), Number(after('--samples') ?? 100)]
const mean = {
  name: 'mean',
  measure(outputs) {
    const { data, length } = Object.values(outputs)[0]
    return data.reduce((a, b) => a + b, 0) / length
  },
}
const scratch = mkdtempSync(join(tmpdir(), 'twinfer-eval-'))
const rows = []
try {
  for (const { name, folder, input } of sharedModels(after('--only'))) {
    const { data, shape } = await readNpy(join(folder, input))
    const set = join(scratch, `${name}.npy`)
    const values = new Float32Array(data.length * samples).map(
      (_, i) => data[i % data.length] * (1 + (i % 7)),
    )
    await writeNpy(set, new Tensor(values, [samples, ...shape.slice(1)]))
    for (const file of ['model.ncnn.param', 'model.mnn']) {
      const path = join(folder, file)
      const [one, more] = [[], []]
      for (let round = 0; round < rounds; round++) {
        const single = async () => one.push(await evaluateOnce(path, set))
        const several = async () => more.push(await evaluateOnce(path, set, lanesFor({})))
        for (const run of round % 2 ? [several, single] : [single, several]) await run()
      }
      const exact = await evaluateOnce(path, set, undefined, more[0].threads)
      const gains = one.map(({ ms }, i) => ms / more[i].ms)
      rows.push({
        name,
        engine: file.endsWith('.mnn') ? 'mnn' : 'ncnn',
        oneMs: Math.round(median(one.map(({ ms }) => ms))),
        moreMs: Math.round(median(more.map(({ ms }) => ms))),
        gain: shorten(median(gains)),
        from: shorten(quantile(gains, 0.25)),
        to: shorten(quantile(gains, 0.75)),
        cpu: shorten(median(one.map(({ cpu }, i) => cpu / more[i].cpu))),
        isSame: more.every(({ results }) => results === exact.results),
      })
    }
  }
} finally {
  rmSync(scratch, { recursive: true })
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ lanes: lanesFor({}), rows }))
else console.table(rows)

/** Without lanes: one at a time. */
async function evaluateOnce(path, data, lanes, threads) {
  const file = await ModelFile.from(path)
  const how = { precision: 'fp32', ...(threads !== undefined && { threads }) }
  const model = await openRunnable(file, how, lanes)
  const before = process.cpuUsage()
  const started = performance.now()
  const { models } = await evaluateOpened([{ file, model }], undefined, {
    data,
    metrics: [mean],
    lanes: lanes ?? 1,
  })
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  const ran = { ms, cpu: user + system, threads: model.effective.threads }
  await model.dispose()
  return { ...ran, results: JSON.stringify(models[0].results) }
}

function shorten(value) {
  return Number(value.toFixed(2))
}
