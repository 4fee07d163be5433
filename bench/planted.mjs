#!/usr/bin/env node
// Whether a loss in a part of an output is found. Into the outputs of every model at every precision losses are
// planted, one after another: each channel dead, each row dead, one class of five gone, one channel in a hundred (at
// least one) scaled by 1.5; a channel at its mean, or with its values in another order; then the output is judged as what ran. A table counts how many of them passed, which must
// be none, save for those that are no larger than the noise of the output itself. The output as it is must pass.
//   node bench/planted.mjs [--json] [MODELS]   (MODELS: a folder like ../shared/models)
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { open, readNpy, Tensor } from 'twinfer'
import { compareTensors, judge, judgedPrecision, weightStorage, workOf } from 'twinfer/compare'

const root = new URL('../', import.meta.url).pathname
const folder =
  process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? join(root, '../shared/models')
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)

const files = [
  'model.ncnn.param',
  'model.mnn',
  'model_fp16.ncnn.param',
  'model_fp16.mnn',
  'model_int8.ncnn.param',
  'model_w8.mnn',
]
const precisions = ['fp32', 'fp16-storage', 'bf16']
const most = 100
const leastStretch = 16
const rows = []
const missed = []
for (const model of readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expected.npy')))) {
  const input = await readNpy(join(folder, model, 'input.npy'))
  const expected = await readNpy(join(folder, model, 'expected.npy'))
  for (const file of files.filter((name) => existsSync(join(folder, model, name)))) {
    for (const precision of precisions) {
      const output = await outputOf(join(folder, model, file), precision, input)
      if (output) rows.push(await plantAll(model, file, precision, expected, output))
    }
  }
}
if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, missed }))
else {
  console.table(rows)
  console.table(missed.slice(0, 60))
}

/** Null where another precision ran. */
async function outputOf(path, precision, input) {
  const model = await open(path, { precision, threads: 1 })
  try {
    if (model.effective.precision !== precision) return null
    const [output] = Object.values(await model.run(input))
    return output
  } finally {
    await model.dispose()
  }
}

async function plantAll(model, file, precision, expected, output) {
  const path = join(folder, model, file)
  const [context, storage] = await Promise.all([workOf(path), weightStorage(path)])
  const as = judgedPrecision(precision, storage, context).precision
  const clean = compareTensors(expected, output)
  const verdict = judge(clean, as, context)
  const row = { model, file, precision, as, clean: verdict.pass ? 'pass' : verdict.reason }
  for (const [kind, plants] of Object.entries(plantsFor(expected.shape))) {
    let [passed, hidden] = [0, 0]
    for (const plant of plants) {
      const data = Float32Array.from(output.data)
      plant.apply(data)
      const comparison = compareTensors(expected, new Tensor(data, expected.shape))
      if (!judge(comparison, as, context).pass) continue
      const lost = rmsOf(data.map((value, i) => value - output.data[i]).filter((value) => value !== 0))
      if (!(lost > 12 * clean.rmse)) {
        hidden++
        continue
      }
      passed++
      missed.push({
        model,
        file,
        precision,
        as,
        kind,
        place: plant.place,
        lost,
        noise: clean.rmse,
        sqnrDb: comparison.sqnrDb,
      })
    }
    row[kind] = `${passed} of ${plants.length}${hidden > 0 ? ` (${hidden} below the noise)` : ''}`
  }
  return row
}

function rmsOf(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length))
}

function atMean(values) {
  return values.fill(values.reduce((sum, value) => sum + value, 0) / values.length)
}

function permuted(values) {
  return values.map((_, i) => values[(i * 7 + 3) % values.length])
}

/** Channels are the first dimension that is more than 1, rows the last but one of the others. */
function plantsFor(shape) {
  const sizes = shape.map((size, axis) => ({ size, axis })).filter(({ size }) => size > 1)
  const channels = sizes[0]
  const rowAxis = sizes.length > 2 ? sizes[1] : (sizes[1] ?? sizes[0])
  const stretch = (axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const change = ({ axis, size }, indices, factor) => ({
    place: `${axis}:${indices.join(',')}`,
    apply(data) {
      const inner = stretch(axis)
      const chosen = new Set(indices)
      for (let i = 0; i < data.length; i++) if (chosen.has(Math.floor(i / inner) % size)) data[i] *= factor
    },
  })
  const rearrange = ({ axis }, index, make) => ({
    place: `${axis}:${index}`,
    apply(data) {
      const inner = stretch(axis)
      data.set(make(data.slice(index * inner, (index + 1) * inner)), index * inner)
    },
  })
  const each = ({ size }) => {
    const count = Math.min(size, most)
    return Array.from({ length: count }, (_, i) => Math.floor((i * size) / count))
  }
  const group = (size, count, from) =>
    Array.from({ length: count }, (_, i) => Math.floor((from + (i * size) / count) % size))
  return {
    'dead channel': each(channels).map((index) => change(channels, [index], 0)),
    'dead row': each(rowAxis).map((index) => change(rowAxis, [index], 0)),
    'a class of five gone': [0, 1, 2, 3, 4].map((from) =>
      change(channels, group(channels.size, Math.max(1, Math.floor(channels.size / 5)), from), 0),
    ),
    // A channel of one value has no order, and is its mean.
    ...(stretch(channels.axis) >= leastStretch && {
      'at its mean': each(channels).map((index) => rearrange(channels, index, atMean)),
      permuted: each(channels).map((index) => rearrange(channels, index, permuted)),
    }),
    'x 1.5': each(channels).map((index) =>
      change(channels, group(channels.size, Math.max(1, Math.floor(channels.size / 100)), index), 1.5),
    ),
  }
}
