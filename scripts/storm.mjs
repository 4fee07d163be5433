#!/usr/bin/env node
// Opens and runs mutated models in child processes, and keeps the smallest files that crash, hang or take more than 1 GiB:
//   npm run storm -- --engine ncnn|mnn [--model DIR|FILE …] [--count N] [--seed S] [--from N] [--out FILE] [--keep DIR]
//     [--precision P] [--threads N]
// Or reads mutated files of other kinds, and keeps also what makes the program do what no file may (storm/Watch.mjs):
//   npm run storm -- --files pack|npz|npy|onnx|sidecar|tuned|csv [--count N] …
// Each mutation has a number: `--from N --count 1` with the same seed and models repeats it. Without --model the networks are
// the small ones of shared/models (TWINFER_SHARED says where that is) and of test/fixtures. With --out each result is a line
// of that file, and a storm that was interrupted goes on behind the last one.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resultLines } from '../bench/lib/resultLines.mjs'
import { modelFiles, smallModelFolders } from '../bench/lib/sharedModels.mjs'
import { keepFinding } from './storm/keepFinding.mjs'
import { filesOf, mutationsOf, readModels } from './storm/mutationsOf.mjs'
import { failures, Opener } from './storm/Opener.mjs'
import { stormOfFiles } from './storm/stormOfFiles.mjs'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    files: { type: 'string' },
    model: { type: 'string', multiple: true },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    out: { type: 'string' },
    keep: { type: 'string' },
    precision: { type: 'string' },
    threads: { type: 'string' },
    // For the test of this script, whose child dies where it is told to.
    child: { type: 'string' },
    patience: { type: 'string', default: '20' },
  },
})
const [count, seed, from] = ['count', 'seed', 'from'].map((name) => {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 0) fail(`expected --${name} from 0 up, received ${values[name]}`)
  return number
})
const kinds = ['pack', 'npz', 'npy', 'onnx', 'sidecar', 'tuned', 'csv']
const { engine = values.files } = values
if (
  !(values.files === undefined ? ['ncnn', 'mnn'] : kinds).includes(engine) ||
  (values.engine && values.files)
)
  fail(`expected --engine ncnn or mnn, or --files ${kinds.join(', ')}`)

const results = resultLines(values.out)
const last = results.at(-1)
if (last && (last.engine !== engine || last.seed !== seed || last.precision !== values.precision))
  fail(`${values.out} is of ${last.engine}, seed ${last.seed}, precision ${last.precision ?? 'default'}`)
// For whoever opens: the child's script.
const threads = values.threads === undefined ? undefined : Number(values.threads)
process.env.STORM_OPTIONS = JSON.stringify({ precision: values.precision, threads })

const began = performance.now()
const scratch = mkdtempSync(join(tmpdir(), 'twinfer-storm-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))
const keep = resolve(values.keep ?? join(tmpdir(), 'twinfer-storm'))
const child = values.files === undefined ? 'openAndRun.mjs' : 'readFiles.mjs'
const script = resolve(values.child ?? fileURLToPath(new URL(`storm/${child}`, import.meta.url)))
// In a folder of their own: what appears beside it was written outside.
const opener = (name) => new Opener(join(scratch, name, 'files'), script, Number(values.patience) * 1000)
const { sound, mutate } = await (values.files === undefined ? modelStorm() : fileStorm())
await requireSound()
await storm()
summarise()

async function modelStorm() {
  const paths = (values.model ?? smallModelFolders()).flatMap((path) => modelFiles(path, engine))
  if (paths.length === 0) fail(`expected models of ${engine} in ${values.model}`)
  const models = readModels(paths, engine)
  const sound = models.map((model) => ({ name: model.name, files: filesOf(model), input: model.input }))
  return { sound, mutate: mutationsOf(models, engine, seed) }
}

async function fileStorm() {
  // Loaded here: samples are made with the package, whose addon a storm of models loads in its children only.
  const { fileSamples } = await import('./storm/fileSamples.mjs')
  const samples = await fileSamples[engine](scratch)
  const sound = samples.map((files) => ({ name: Object.keys(files)[0], files }))
  return { sound, mutate: stormOfFiles(samples, seed) }
}

/** Where a file is refused as it is, so are its mutations, and they show nothing. */
async function requireSound() {
  const opened = opener('sound')
  for (const { name, files, input } of sound) {
    const { kind, message } = await opened.try(files, input)
    if (kind !== 'ran' && kind !== 'refused when run') fail(`${name} as it is: ${kind}: ${message}`)
  }
  await opened.end()
}

async function storm() {
  const shared = opener('storm')
  let childSince
  let mutation
  for (let number = last ? last.number + 1 : from; number < from + count; number++) {
    mutation = mutate(number)
    if (shared.fresh) childSince = number
    await record(mutation, await shared.try(mutation.changed, mutation.input), childSince)
    if (process.stderr.isTTY) process.stderr.write(`\r${engine} ${number + 1}`)
  }
  const signal = await shared.end()
  if (signal) await record(mutation, { kind: 'crashed', step: 'exit', signal }, childSince)
}

/** `childSince`: the first number that its process opened, which is where to look for the cause if it is not this one. */
async function record(mutation, tried, childSince) {
  const { number, model, what } = mutation
  const { precision } = values
  const result = { engine, seed, precision, number, model, what, ...tried, childSince }
  if (failures.includes(result.kind)) {
    const folder = join(keep, `${engine}-${seed}-${number}`)
    result.kept = await keepFinding(mutation, result, { folder, opener: () => opener('alone') })
  }
  results.push(result)
  if (values.out) appendFileSync(values.out, `${JSON.stringify(result)}\n`)
}

function summarise() {
  const kinds = ['refused by open', 'ran', 'refused when run', ...failures]
  const counts = kinds.map((kind) => [kind, results.filter((result) => result.kind === kind).length])
  const peak = Math.max(0, ...results.map((result) => result.peak ?? 0))
  console.log(
    `${engine}: ${results.length} mutations of ${sound.length} ${values.files ? 'files' : 'models'}, seed ${seed}`,
  )
  console.table({
    ...Object.fromEntries(counts),
    'peak RSS, MiB': Math.round(peak / 2 ** 20),
    'seconds taken': Math.round((performance.now() - began) / 1000),
  })
  const found = results.filter(({ kind }) => failures.includes(kind))
  for (const { number, model, what, kind, step, signal, message, kept, childSince } of found) {
    console.log(`  ${kind} ${number} ${model} (${what}): ${[signal, `in ${step}`].filter(Boolean).join(' ')}`)
    if (values.files) console.log(`    ${message}`)
    const changes = `${kept.left} of ${kept.changes} changes`
    console.log(
      `    ${kept.folder}: ${kept.alone ? changes : `not by itself; its process began at ${childSince}`}`,
    )
  }
  if (found.length === 0) return
  process.exitCode = 1
  if (values.files) return
  console.log(
    'To make a test of one: copy its net.* into test/fixtures/cases, and say in test/models/cases.ts what refuses it.',
  )
}

function fail(message) {
  console.error(`twinfer: ${message}`)
  process.exit(2)
}
