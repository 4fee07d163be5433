#!/usr/bin/env node
// How exact real networks are at each precision: SQNR in dB against the recorded output of onnxruntime. The pass
// rules were held to this (docs/comparing.md has the table); L is the depth that they count. Also whether .mnn files
// with fp16 weights hold them rounded or cut off. One thread, because MNN's kernels sum in another order with two.
//   node bench/accuracy.mjs [--json] [MODELS]   (MODELS: a folder like ../shared/models)
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { compareTensors, workOf } from 'twinfer/compare'
import { halfRounding } from './lib/halfRounding.mjs'

const root = new URL('../', import.meta.url).pathname
const folder =
  process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? join(root, '../shared/models')
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)

const columns = [
  ['ncnn fp32', 'model.ncnn.param', 'fp32'],
  ['MNN fp32', 'model.mnn', 'fp32'],
  ['ncnn fp16-storage', 'model.ncnn.param', 'fp16-storage'],
  ['ncnn bf16', 'model.ncnn.param', 'bf16'],
  ['fp16 weights, ncnn', 'model_fp16.ncnn.param', 'fp32'],
  ['fp16 weights, MNN', 'model_fp16.mnn', 'fp32'],
]
const models = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expected.npy')))
const accuracy = []
const rounding = []
for (const model of models) {
  accuracy.push(await measureModel(model))
  const [whole, half] = ['model.mnn', 'model_fp16.mnn'].map((file) => join(folder, model, file))
  if (existsSync(half)) rounding.push({ model, ...(await halfRounding(whole, half)) })
}
accuracy.sort((a, b) => a.L - b.L)
if (process.argv.includes('--json')) console.log(JSON.stringify({ accuracy, rounding }))
else {
  console.table(accuracy)
  console.log('fp16 weights of .mnn files beyond the middle between two fp16 values:')
  console.table(rounding)
}

async function measureModel(model) {
  const path = (file) => join(folder, model, file)
  const work = await Promise.all(['model.ncnn.param', 'model.mnn'].map((file) => workOf(path(file))))
  const input = await readNpy(path('input.npy'))
  const expected = await readNpy(path('expected.npy'))
  const row = { model, L: Math.max(...work.map(({ depth }) => depth)) }
  for (const [column, file, precision] of columns) {
    row[column] = existsSync(path(file)) ? await measure(path(file), precision, input, expected) : null
  }
  return row
}

/** Null where the output is not finite, or another precision ran than the column's. */
async function measure(file, precision, input, expected) {
  const model = await open(file, { precision, threads: 1 })
  try {
    if (model.effective.precision !== precision) return null
    const [output] = Object.values(await model.run(input))
    const { sqnrDb } = compareTensors(expected, output)
    return sqnrDb === null ? null : Number(sqnrDb.toFixed(1))
  } finally {
    await model.dispose()
  }
}
