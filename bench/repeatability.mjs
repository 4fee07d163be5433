#!/usr/bin/env node
// Whether `bench` and `tune` say the same when they are asked twice in a row: every setting's median within the spread that the
// two state, and the same setting chosen, or one that is as fast within it.
//   node bench/repeatability.mjs [--only NAME,…] [--duration 1] [--json]
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bench, tune } from 'twinfer/bench'
import { sharedModels } from './lib/sharedModels.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    duration: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const duration = Number(values.duration)
const wanted = values.only?.split(',')
const results = []
for (const { name, folder } of sharedModels()) {
  if (wanted && !wanted.includes(name)) continue
  const files = ['model.ncnn.param', 'model.mnn'].map((file) => join(folder, file))
  results.push({ name, bench: await benchTwice(files), tune: await tuneTwice(files) })
  if (!values.json) console.log(lineOf(results.at(-1)))
}
const count = (pick) => results.reduce((sum, one) => sum + pick(one), 0)
const rows = count(({ bench }) => bench.length)
const agreeing = count(({ bench }) => bench.filter(({ within }) => within).length)
const chosen = count(({ tune }) => tune.length)
const tuned = count(({ tune }) => tune.filter(({ same, within }) => same || within).length)
if (values.json) console.log(JSON.stringify(results))
else
  console.log(
    `bench: ${agreeing} of ${rows} settings within their spread; tune: ${tuned} of ${chosen} the same setting, or one as fast`,
  )

async function benchTwice(files) {
  const ask = () => bench(files, { sweep: { precision: ['fp32', 'default'], threads: [1, 2] }, duration })
  const [first, second] = [await ask(), await ask()]
  return first.rows.flatMap((one, at) => {
    const other = second.rows[at]
    if (one.p50Ms === null || other.p50Ms === null) return []
    const spread = Math.max(one.spread, other.spread)
    const ratio = other.p50Ms / one.p50Ms
    const { engine, precision, threads } = one
    return { engine, precision, threads, ratio, spread, within: isWithin(ratio, spread) }
  })
}

/** Of each of the two models the setting that was chosen for it. */
async function tuneTwice(files) {
  const ask = async () => (await tune(files, { minSqnrDb: 60, duration })).tuned.models
  const [first, second] = [await ask(), await ask()]
  return first.map((one, at) => {
    const other = second[at]
    const same = JSON.stringify(one.options) === JSON.stringify(other.options)
    const spread = Math.max(one.evidence.spread, other.evidence.spread)
    const ratio = other.evidence.p50Ms / one.evidence.p50Ms
    const { engine } = one
    return {
      engine,
      options: [one.options, other.options],
      same,
      ratio,
      spread,
      within: isWithin(ratio, spread),
    }
  })
}

function isWithin(ratio, spread) {
  return Math.abs(Math.log(ratio)) <= spread
}

function lineOf({ name, bench, tune }) {
  const apart = bench
    .filter(({ within }) => !within)
    .map(
      ({ engine, precision, threads, ratio, spread }) =>
        `${engine} ${precision} ${threads}: × ${ratio.toFixed(3)}, spread ${spread.toFixed(3)}`,
    )
  const chosen = tune.map(({ engine, same, ratio, spread }) =>
    same ? `${engine} the same` : `${engine} × ${ratio.toFixed(3)}, spread ${spread.toFixed(3)}`,
  )
  return [
    `${name}: ${bench.length - apart.length} of ${bench.length}; tune: ${chosen.join('; ')}`,
    ...apart.map((line) => `  ${line}`),
  ].join('\n')
}
