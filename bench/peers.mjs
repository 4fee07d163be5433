#!/usr/bin/env node
// twinfer beside its peers, each a process of its own, on the same models and inputs in fp32: C++ on the same static
// libraries, the engines' Python wheels, OpenVINO's, onnxruntime-node and onnxruntime-web. They take turns, block by block; medians of
// all runs, and of the ratios of each round. What is not installed is skipped, and said to be.
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

/** By title the peer, and who of ours is held against it: the better one. */
const ratios = {
  'best over onnxruntime-node': ['onnxruntime-node', ['twinfer ncnn', 'twinfer MNN']],
  'best over onnxruntime-web': ['onnxruntime-web', ['twinfer ncnn', 'twinfer MNN']],
  'best over OpenVINO': ['OpenVINO', ['twinfer ncnn', 'twinfer MNN']],
  'ncnn over its wheel': ['Python ncnn', ['twinfer ncnn']],
  'MNN over its wheel': ['Python MNN', ['twinfer MNN']],
  'ncnn over C++': ['C++ ncnn', ['twinfer ncnn']],
  'MNN over C++': ['C++ MNN', ['twinfer MNN']],
}
const loadBefore = loadavg()[0]
const peers = peersOf(values)
for (const { name, missing } of peers) if (missing) say(`skip   ${name}: ${missing}`)
const scratch = mkdtempSync(join(tmpdir(), 'twinfer-peers-'))
const tables = []
try {
  const models = await findModels()
  for (const threads of values.threads.split(',').map(Number)) {
    const rows = []
    for (const model of models) rows.push({ model: model.name, ...(await race(model, threads)) })
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

/** Milliseconds of each peer's run, and how many times as fast the better of ours is; null where one does not take part. */
async function race(model, threads) {
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
      runners.push({ name, peer, block: Math.max(3, Math.round(blockMs / one)), rounds: [] })
    } catch (error) {
      say(`skip   ${name}, ${model.name}, ${threads} threads: ${error.message}`)
      peer.close()
    }
  }
  for (let round = 0; round < rounds; round++) {
    // The first runs of a block find another program's data in the caches, and a core that was idle.
    for (const { peer, block, rounds: own } of runners)
      own.push((await peer.run(block)).slice(Math.ceil(block / 4)))
    runners.push(runners.shift())
  }
  for (const { peer } of runners) peer.close()
  const found = (name) => runners.find((runner) => runner.name === name)?.rounds
  const each = (of) => Object.fromEntries(peers.map(({ name }) => [name, of(name)]))
  return {
    ms: each((name) => (found(name) ? median(found(name).flat()) / 1000 : null)),
    over: Object.fromEntries(
      Object.entries(ratios).map(([title, [peer, ours]]) => [title, over(found(peer), ours.map(found))]),
    ),
  }
}

/** By rounds, as what slows the machine down slows all in a round; above 1, the better of ours is faster. */
function over(rounds, ours) {
  const engines = ours.filter((each) => each !== undefined)
  if (rounds === undefined || engines.length === 0) return null
  const ratios = engines.map((engine) =>
    median(rounds.map((times, at) => median(times) / median(engine[at]))),
  )
  return Math.max(...ratios)
}

function markdown({ threads, rows }) {
  const names = peers.map(({ name }) => name)
  const counted = `${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const cell = (value, digits) => (value === null ? '–' : value.toFixed(digits))
  const line = (cells) => `| ${cells.join(' | ')} |`
  const table = (titles, cells) => [
    line(titles),
    line(['---', ...titles.slice(1).map(() => '---:')]),
    ...rows.map((row) => line([row.model, ...cells(row)])),
  ]
  return [
    ...table([`ms of a run, ${counted}`, ...names], ({ ms }) =>
      names.map((name) => cell(ms[name], ms[name] !== null && ms[name] < 1 ? 3 : 2)),
    ),
    '',
    ...table([`times as fast, ${counted}`, ...Object.keys(ratios)], ({ over }) =>
      Object.values(over).map((ratio) => cell(ratio, 2)),
    ),
  ].join('\n')
}

function machineLine() {
  const { ncnn, mnn } = native().versions
  const [{ model }] = cpus()
  const load = [loadBefore, loadavg()[0]].map((each) => each.toFixed(1)).join(' to ')
  return `${model.trim()}, ${cpus().length} logical CPUs, ${platform}, Node ${process.versions.node}, ncnn ${ncnn}, MNN ${mnn}; load average ${load}`
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
