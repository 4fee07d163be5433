#!/usr/bin/env node
// Opens and runs mutated models in child processes, and keeps the smallest files that crash, hang or take more than 1 GiB:
//   npm run storm -- --engine ncnn|mnn [--model DIR|FILE …] [--count N] [--seed S] [--from N] [--out FILE] [--keep DIR]
//     [--precision P] [--threads N]
// Or opens and runs networks that nobody has made, grown a layer at a time out of all that the engine's source knows:
//   npm run storm -- --engine ncnn|mnn --grow [--count N] …
// Or reads mutated files of other kinds, and keeps also what makes the program do what no file may (storm/Watch.mjs):
//   npm run storm -- --files pack|npz|npy|onnx|sidecar|tuned|csv [--count N] …
// Each mutation has a number: `--from N --count 1` with the same seed and models repeats it (and what grows out of a number,
// on the same build). Without --model the networks are
// the small ones of shared/models (TWINFER_SHARED says where that is) and of test/fixtures. With --out each result is a line
// of that file, and a storm that was interrupted goes on behind the last one.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resultLines } from '../bench/lib/resultLines.mjs'
import { modelFiles, smallModelFolders } from '../bench/lib/sharedModels.mjs'
import { networksOf } from './storm/grow/networksOf.mjs'
import { keepFinding } from './storm/keepFinding.mjs'
import { filesOf, mutationsOf, readModels } from './storm/mutationsOf.mjs'
import { failures, Opener } from './storm/Opener.mjs'
import { stormOfFiles } from './storm/stormOfFiles.mjs'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    files: { type: 'string' },
    model: { type: 'string', multiple: true },
    grow: { type: 'boolean', default: false },
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
if (values.grow && (values.files || values.model)) fail('expected --grow with --engine, and without --model')

const results = resultLines(values.out)
const last = results.at(-1)
if (last && (last.engine !== engine || last.seed !== seed || last.precision !== values.precision))
  fail(`${values.out} is of ${last.engine}, seed ${last.seed}, precision ${last.precision ?? 'default'}`)
if (last && (last.grew !== undefined) !== values.grow)
  fail(`${values.out} is of ${values.grow ? 'mutations' : 'grown networks'}`)
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
const { sound, triesOf } = await (values.files ? fileStorm() : values.grow ? grownStorm() : modelStorm())
await requireSound()
await storm()
summarise()

async function modelStorm() {
  const paths = (values.model ?? smallModelFolders()).flatMap((path) => modelFiles(path, engine))
  if (paths.length === 0) fail(`expected models of ${engine} in ${values.model}`)
  const models = readModels(paths, engine)
  const sound = models.map((model) => ({ name: model.name, files: filesOf(model), input: model.input }))
  return { sound, triesOf: onceEach(mutationsOf(models, engine, seed)) }
}

async function fileStorm() {
  // Loaded here: samples are made with the package, whose addon a storm of models loads in its children only.
  const { fileSamples } = await import('./storm/fileSamples.mjs')
  const samples = await fileSamples[engine](scratch)
  const sound = samples.map((files) => ({ name: Object.keys(files)[0], files }))
  return { sound, triesOf: onceEach(stormOfFiles(samples, seed)) }
}

async function grownStorm() {
  return { sound: [], triesOf: await networksOf(engine, seed) }
}

function onceEach(mutate) {
  return function* (number) {
    yield mutate(number)
  }
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
    const tries = triesOf(number)
    const before = {}
    const grew = new Set()
    let peak = 0
    for (let next = tries.next(); !next.done; ) {
      mutation = next.value
      if (shared.fresh) childSince = number
      const { outputs, ...tried } = await shared.try(mutation.changed, mutation.input)
      peak = Math.max(peak, tried.peak ?? 0)
      if (tried.kind === 'ran' && values.grow) for (const type of mutation.what.split(' ')) grew.add(type)
      next = tries.next({ ...tried, outputs })
      // Of those that grow out of one number the last has a line, and each that fails.
      const more = values.grow && next.done ? { before, grew: [...grew].join(' '), peak } : {}
      if (next.done || failures.includes(tried.kind))
        await record(mutation, { ...tried, ...more }, childSince)
      else before[tried.kind] = (before[tried.kind] ?? 0) + 1
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${engine} ${number + 1}`)
  }
  const signal = await shared.end()
  if (signal) await record(mutation, { kind: 'crashed', step: 'exit', signal }, childSince)
}

/** `childSince`: the first number that its process opened, which is where to look for the cause if it is not this one. */
async function record(mutation, tried, childSince) {
  const { number, model, what } = mutation
  const { precision } = values
  const { attempt } = mutation
  const result = { engine, seed, precision, number, attempt, model, what, ...tried, childSince }
  if (failures.includes(result.kind)) {
    const folder = join(keep, [engine, seed, number, ...(values.grow ? [mutation.attempt] : [])].join('-'))
    result.kept = await keepFinding(mutation, result, { folder, opener: () => opener('alone') })
  }
  results.push(result)
  if (values.out) appendFileSync(values.out, `${JSON.stringify(result)}\n`)
}

function summarise() {
  const kinds = ['refused by open', 'ran', 'refused when run', ...failures]
  const counts = kinds.map((kind) => [
    kind,
    sum((result) => (result.kind === kind) + (result.before?.[kind] ?? 0)),
  ])
  const peak = Math.max(0, ...results.map((result) => result.peak ?? 0))
  const networks = counts.reduce((all, [, count]) => all + count, 0)
  const what = values.grow
    ? `networks grown out of ${new Set(results.map(({ number }) => number)).size} numbers`
    : `mutations of ${sound.length} ${values.files ? 'files' : 'models'}`
  console.log(`${engine}: ${networks} ${what}, seed ${seed}`)
  console.table({
    ...Object.fromEntries(counts),
    ...(values.grow && {
      'ran, percent': Math.round((100 * counts.find(([kind]) => kind === 'ran')[1]) / Math.max(1, networks)),
      'types that ran': new Set(results.flatMap(({ grew = '' }) => grew.split(' ').filter(Boolean))).size,
    }),
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

function sum(count) {
  return results.reduce((all, result) => all + count(result), 0)
}

function fail(message) {
  console.error(`twinfer: ${message}`)
  process.exit(2)
}
