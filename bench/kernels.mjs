#!/usr/bin/env node
// What this package's kernels gain on ncnn, and where that leaves it beside onnxruntime-node, if that is installed: each
// model with kernels on and off, 1 and 2 threads, fp32, on its recorded input. Blocks of runs alternate in one process, the
// order changing each round, so that a noisy machine is noisy for all; medians, and ratios paired block by block.
//   node bench/kernels.mjs [--json] [--cpu] [--single] [--rounds=N] [MODELS]   (MODELS: a folder like ../shared/models)
// `--single` takes networks of one layer in place of a folder: shapes that models may have, with made-up weights.
// `--cpu` counts the CPU time of the process instead of time on the clock, and one thread alone: for machines where others
// are at work. Exits with 1 where kernels make a model slower by more than twice the spread (half of what the middle rounds differ by).
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, readNpy, Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { native } from '../dist/native/native.js'
import { writeSingleLayers } from './instructions/singleLayers.mjs'
import { median, quantile } from './lib/statistics.mjs'

const BLOCK_US = 20_000
const root = new URL('../', import.meta.url).pathname
const { json, cpu, single, rounds = 25, folder = join(root, '../shared/models') } = readArguments()
if (!single && !existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)
const onnxruntime = await import('onnxruntime-node').then(
  (module) => module.default,
  () => undefined,
)

const rows = []
const scratch = single && mkdtempSync(join(tmpdir(), 'twinfer-kernels-'))
try {
  for (const network of single ? writeSingleLayers(scratch) : models()) {
    for (const threads of cpu ? [1] : [1, 2]) rows.push(await measure(network, threads))
  }
} finally {
  if (single) rmSync(scratch, { recursive: true })
}
if (json) console.log(JSON.stringify({ machine: machine(), rows }))
else printTable()
process.exitCode = rows.some(({ onOverOff, spread }) => onOverOff < 1 - 2 * spread) ? 1 : 0

function models() {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'model.ncnn.param')))
    .map((name) => ({ name, folder: join(folder, name) }))
}

/** What goes in, and what is to come out where that is recorded. */
async function readTensors({ folder, shape, data }) {
  if (data) return [new Tensor(data, shape)]
  return Promise.all(['input.npy', 'expected.npy'].map((file) => readNpy(join(folder, file))))
}

function readArguments() {
  const options = { json: false, cpu: false, single: false }
  for (const argument of process.argv.slice(2)) {
    if (argument.startsWith('--rounds=')) options.rounds = Number(argument.slice(9))
    else if (argument.startsWith('--')) options[argument.slice(2)] = true
    else options.folder = argument
  }
  return options
}

async function measure(network, threads) {
  const path = (file) => join(network.folder, file)
  const [input, recorded] = await readTensors(network)
  const settings = { precision: 'fp32', threads }
  const file = path('model.ncnn.param')
  const on = await open(file, settings)
  const off = await open(file, { ...settings, engineOptions: { kernels: false } })
  const session = onnxruntime && (await ortSession(path('model.onnx'), input, threads))
  const contestants = [
    ['on', async () => on.runSync(input)],
    ['off', async () => off.runSync(input)],
    ...(session ? [['ort', session.run]] : []),
  ].map(([who, run]) => ({ who, run, blocks: [] }))
  for (const contestant of contestants) contestant.runs = await runsOfABlock(contestant.run)
  for (let i = 0; i < rounds; i++) {
    // Turned round, and each at the start in turn: nobody always comes after the one that leaves the caches cold.
    const order = i % 2 === 0 ? contestants : contestants.toReversed()
    for (const { run, runs, blocks } of order) blocks.push(await timeBlock(run, runs))
    if (i % 2 === 1) contestants.push(contestants.shift())
  }
  // Of a layer alone nothing is recorded: how near both are to each other.
  const expected = recorded ?? Object.values(off.runSync(input))[0]
  const blocksOf = (who) => contestants.find((it) => it.who === who)?.blocks
  const row = {
    model: network.name,
    threads,
    layers: on.effective.kernels.length,
    offUs: round(median(blocksOf('off')), 1),
    onUs: round(median(blocksOf('on')), 1),
    onOverOff: round(ratio(blocksOf('off'), blocksOf('on'), 0.5), 3),
    spread: round(
      (ratio(blocksOf('off'), blocksOf('on'), 0.75) - ratio(blocksOf('off'), blocksOf('on'), 0.25)) / 2,
      3,
    ),
    ortUs: session ? round(median(blocksOf('ort')), 1) : null,
    offOverOrt: session ? round(ratio(blocksOf('ort'), blocksOf('off'), 0.5), 3) : null,
    onOverOrt: session ? round(ratio(blocksOf('ort'), blocksOf('on'), 0.5), 3) : null,
    offDb: sqnr(expected, off.runSync(input)),
    onDb: sqnr(expected, on.runSync(input)),
  }
  await Promise.all([on.dispose(), off.dispose(), session?.release()])
  return row
}

async function ortSession(file, input, threads) {
  if (!existsSync(file)) return undefined
  const session = await onnxruntime.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  })
  const feeds = { [session.inputNames[0]]: new onnxruntime.Tensor('float32', input.data, input.shape) }
  return { run: () => session.run(feeds), release: () => session.release() }
}

/** As many as take some 20 ms, warmed up by finding out. */
async function runsOfABlock(run) {
  const first = []
  for (let i = 0; i < 5; i++) first.push(await timeBlock(run, 1))
  return Math.max(1, Math.min(500, Math.round(BLOCK_US / median(first))))
}

/** Microseconds of one run. */
async function timeBlock(run, runs) {
  const began = now()
  for (let i = 0; i < runs; i++) await run()
  return (now() - began) / runs
}

function now() {
  if (!cpu) return Number(process.hrtime.bigint()) / 1000
  const { user, system } = process.cpuUsage()
  return user + system
}

/** How many times faster `ours` is, over pairs of neighbouring blocks. */
function ratio(base, ours, share) {
  return quantile(
    base.map((time, i) => time / ours[i]),
    share,
  )
}

function sqnr(expected, outputs) {
  const { sqnrDb } = compareTensors(expected, Object.values(outputs)[0])
  return sqnrDb === null ? null : round(sqnrDb, 1)
}

function round(value, digits) {
  return Number(value.toFixed(digits))
}

function machine() {
  const { features } = native().ncnn.cpu()
  const has = Object.keys(features).filter((name) => features[name])
  return { features: has, node: process.version, onnxruntime: onnxruntime?.env.versions.node ?? null }
}

function printTable() {
  const { features, node, onnxruntime } = machine()
  console.log(`${features.join(' ')}; Node ${node}, onnxruntime-node ${onnxruntime ?? 'not installed'}`)
  console.log(
    `${cpu ? 'CPU time' : 'time'} of one run; a ratio above 1 is faster than what stands behind "over"`,
  )
  console.table(
    rows.map((row) => ({
      model: row.model,
      threads: row.threads,
      layers: row.layers,
      'off (µs)': row.offUs,
      'on (µs)': row.onUs,
      'on over off': row.onOverOff,
      '±': row.spread,
      'off over ort': row.offOverOrt,
      'on over ort': row.onOverOrt,
      'off (dB)': row.offDb,
      'on (dB)': row.onDb,
    })),
  )
}
