#!/usr/bin/env node
// twinfer beside its peers, each a process of its own, on the same models and inputs in fp32: C++ on the same static
// libraries, the engines' Python wheels, onnxruntime-node and onnxruntime-web. They take turns, block by block; medians of
// all runs, and ratios. What is not installed is skipped, and said to be.
//   node bench/peers.mjs [--threads 1,2] [--rounds 7] [--block 200] [--only NAME,…] [--python PROGRAM] [--cpp PROGRAM]
//                        [--json] [--write docs/performance.md] [MODELS]   (MODELS: a folder like ../shared/models)
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readNpy } from 'twinfer'
import { native } from '../dist/native/native.js'
import { median } from './lib/statistics.mjs'
import { Peer, peersOf } from './peers/Peer.mjs'

const root = new URL('../', import.meta.url).pathname
const platform = `${process.platform}-${process.arch}`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '7' },
    block: { type: 'string', default: '200' },
    only: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    cpp: { type: 'string', default: join(root, `build/${platform}/addon/bench/cpp/overhead`) },
    json: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
})
const [rounds, blockMs] = [Number(values.rounds), Number(values.block)]
const say = values.json ? console.error : console.log
const folder = positionals[0] ?? join(process.env.TWINFER_SHARED ?? join(root, '../shared'), 'models')
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)

const peers = peersOf(values)
for (const { name, missing } of peers) if (missing) say(`skip   ${name}: ${missing}`)
const scratch = mkdtempSync(join(tmpdir(), 'twinfer-peers-'))
const tables = []
try {
  const models = await findModels()
  for (const threads of values.threads.split(',').map(Number)) {
    const rows = []
    for (const model of models) rows.push({ model: model.name, ms: await race(model, threads) })
    tables.push({ threads, rows })
  }
} finally {
  rmSync(scratch, { recursive: true })
}

if (values.json) console.log(JSON.stringify({ machine: machineLine(), tables }))
else for (const table of tables) console.log(`\n${markdown(table)}`)
if (values.write) writeSection(values.write)

async function findModels() {
  const wanted = values.only?.split(',')
  const models = []
  for (const name of readdirSync(folder)) {
    const at = (file) => join(folder, name, file)
    const files = { ncnn: at('model.ncnn.param'), mnn: at('model.mnn'), onnx: at('model.onnx') }
    const input = at('input.npy')
    if (!existsSync(input) || existsSync(at('input1.npy')) || !Object.values(files).every(existsSync))
      continue
    if (wanted && !wanted.includes(name)) continue
    const { data, shape } = await readNpy(input)
    const raw = join(scratch, `${name}.raw`)
    writeFileSync(raw, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    models.push({ name, files, input, raw, shape })
  }
  return models
}

/** Milliseconds of each peer's run, null where it does not take part. */
async function race(model, threads) {
  const ms = Object.fromEntries(peers.map(({ name }) => [name, null]))
  const runners = []
  for (const { name, open, missing } of peers) {
    if (missing) continue
    const { program, args, reason } = open(model, threads)
    if (reason) {
      say(`skip   ${name}, ${model.name}, ${threads} threads: ${reason}`)
      continue
    }
    const peer = new Peer(program, args)
    try {
      await peer.run(1)
      const one = median(await peer.run(5)) / 1000
      runners.push({ name, peer, block: Math.max(3, Math.round(blockMs / one)), times: [] })
    } catch (error) {
      say(`skip   ${name}, ${model.name}, ${threads} threads: ${error.message}`)
      peer.close()
    }
  }
  for (let round = 0; round < rounds; round++) {
    // The first runs of a block find another program's data in the caches, and a core that was idle.
    for (const { peer, block, times } of runners)
      times.push(...(await peer.run(block)).slice(Math.ceil(block / 4)))
    runners.push(runners.shift())
  }
  for (const { name, peer, times } of runners) {
    ms[name] = median(times) / 1000
    peer.close()
  }
  return ms
}

/** Above 1, the better of ours is faster. */
function over(ms, name) {
  const ours = [ms['twinfer ncnn'], ms['twinfer MNN']].filter((each) => each !== null)
  return ms[name] === null || ours.length === 0 ? null : ms[name] / Math.min(...ours)
}

function markdown({ threads, rows }) {
  const names = peers.map(({ name }) => name)
  const ratios = ['onnxruntime-node', 'onnxruntime-web']
  const cell = (value, digits) => (value === null ? '–' : value.toFixed(digits))
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    line([
      `ms of a run, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      ...names,
      ...ratios.map((name) => `over ${name}`),
    ]),
    line(['---', ...[...names, ...ratios].map(() => '---:')]),
    ...rows.map(({ model, ms }) =>
      line([
        model,
        ...names.map((name) => cell(ms[name], ms[name] !== null && ms[name] < 1 ? 3 : 2)),
        ...ratios.map((name) => cell(over(ms, name), 2)),
      ]),
    ),
  ].join('\n')
}

function machineLine() {
  const { ncnn, mnn } = native().versions
  const [{ model }] = cpus()
  const load = loadavg()[0].toFixed(1)
  return `${model.trim()}, ${cpus().length} logical CPUs, ${platform}, Node ${process.versions.node}, ncnn ${ncnn}, MNN ${mnn}; load average ${load} at the end`
}

/** Between the marks that the page has for it. */
function writeSection(file) {
  const page = readFileSync(file, 'utf8')
  const [start, end] = ['<!-- peers -->', '<!-- /peers -->']
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`expected ${start} and ${end} in ${file}`)
  const text = [`Measured on ${machineLine()}.`, ...tables.map(markdown)].join('\n\n')
  writeFileSync(file, `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`)
}
